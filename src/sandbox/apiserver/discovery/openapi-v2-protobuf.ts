import { BinaryWriter } from '@bufbuild/protobuf/wire';

/** The one form in which kubectl and client-go ask for `/openapi/v2`. */
export const openApiV2Protobuf = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

/** How it is labelled in the answer: kube-apiserver's name for it, because `@` is not allowed in a media type. */
export const openApiV2ProtobufAnswer = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** Fields of gnostic's `openapi.v2.Document` and `Info`. */
const document = { swagger: 1, info: 2, paths: 8 } as const;
const info = { title: 1, version: 2 } as const;
const bytesOf = (field: number) => (field << 3) | 2;

/**
 * A document without schemas: kubectl asks for it where a manifest is a `kind: List`, checks none of the items by it,
 * and leaves that to the server. All of its bytes are ASCII, so that it can be answered like any text.
 */
export function emptyOpenApiV2({
  title,
  version,
}: {
  readonly title: string;
  readonly version: string;
}): string {
  const about = new BinaryWriter();
  about.uint32(bytesOf(info.title)).string(title);
  about.uint32(bytesOf(info.version)).string(version);
  const whole = new BinaryWriter();
  whole.uint32(bytesOf(document.swagger)).string('2.0');
  whole.uint32(bytesOf(document.info)).bytes(about.finish());
  whole.uint32(bytesOf(document.paths)).bytes(new Uint8Array());
  return Buffer.from(whole.finish()).toString('ascii');
}
