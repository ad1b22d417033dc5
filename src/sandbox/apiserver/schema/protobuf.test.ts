import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { decodeProtobuf, ProtobufError } from './protobuf.ts';

const LENGTH_DELIMITED = 2;
const VARINT = 0;

const message = (write: (writer: BinaryWriter) => void): Uint8Array => {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
};
const text = (number: number, value: string) => (writer: BinaryWriter) =>
  void writer.tag(number, LENGTH_DELIMITED).string(value);
const part = (number: number, bytes: Uint8Array) => (writer: BinaryWriter) =>
  void writer.tag(number, LENGTH_DELIMITED).bytes(bytes);
const integer = (number: number, value: number) => (writer: BinaryWriter) =>
  void writer.tag(number, VARINT).int64(value);
const of = (...fields: ((writer: BinaryWriter) => void)[]) =>
  message((writer) => fields.forEach((field) => void field(writer)));

const envelope = (apiVersion: string, kind: string, raw: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from('k8s\0'), of(part(1, of(text(1, apiVersion), text(2, kind))), part(2, raw))]);

const typeOf = (_apiVersion: string, kind: string) =>
  kind === 'CustomResourceDefinition' ? undefined : `V1${kind}`;

describe('bodies in Kubernetes protobuf', () => {
  test('a secret as kubectl create secret sends it', () => {
    const metadata = of(text(1, 's'), text(2, ''), integer(7, 0), part(8, of()));
    const data = of(text(1, 'key'), part(2, Buffer.from('value')));
    const body = envelope('v1', 'Secret', of(part(1, metadata), part(2, data), text(3, 'Opaque')));
    assert.deepEqual(decodeProtobuf(body, typeOf), {
      apiVersion: 'v1',
      kind: 'Secret',
      // The empty texts, the zero and the zero time are what Go writes for absent values.
      metadata: { name: 's' },
      data: { key: Buffer.from('value').toString('base64') },
      type: 'Opaque',
    });
  });

  test('zero is kept where it is a value of its own', () => {
    const body = envelope('apps/v1', 'Deployment', of(part(2, of(integer(1, 0)))));
    assert.deepEqual(decodeProtobuf(body, typeOf).spec, { replicas: 0 });
  });

  test('what Go inlines belongs to the owner', () => {
    const claim = of(text(1, 'data'));
    const volume = of(text(1, 'v'), part(2, of(part(10, claim))));
    const body = envelope('v1', 'Pod', of(part(2, of(part(1, volume)))));
    assert.deepEqual(decodeProtobuf(body, typeOf).spec, {
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
    });
  });

  test('sizes, times to the microsecond and ports by name or number', () => {
    const quota = of(part(1, of(text(1, 'pods'), part(2, of(text(1, '2'))))));
    assert.deepEqual(decodeProtobuf(envelope('v1', 'ResourceQuota', of(part(2, quota))), typeOf).spec, {
      hard: { pods: '2' },
    });
    const lease = of(part(4, of(integer(1, 1_700_000_000), integer(2, 123_456_000))));
    assert.deepEqual(decodeProtobuf(envelope('v1', 'Lease', of(part(2, lease))), typeOf).spec, {
      renewTime: '2023-11-14T22:13:20.123456Z',
    });
    const port = (...target: ((writer: BinaryWriter) => void)[]) =>
      envelope('v1', 'Service', of(part(2, of(part(1, of(integer(3, 80), part(4, of(...target))))))));
    assert.deepEqual(decodeProtobuf(port(integer(1, 0), integer(2, 8080), text(3, '')), typeOf).spec, {
      ports: [{ port: 80, targetPort: 8080 }],
    });
    assert.deepEqual(decodeProtobuf(port(integer(1, 1), integer(2, 0), text(3, 'http')), typeOf).spec, {
      ports: [{ port: 80, targetPort: 'http' }],
    });
  });

  test('other bodies and kinds without field numbers are refused', () => {
    for (const body of [
      Buffer.from('{}'),
      Buffer.from('k8s\0\xff\xff'),
      envelope('x/v1', 'CustomResourceDefinition', of()),
    ]) {
      assert.throws(() => decodeProtobuf(body, typeOf), ProtobufError);
    }
  });
});
