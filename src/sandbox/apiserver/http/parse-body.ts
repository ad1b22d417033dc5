import { type DocumentOptions, type ParseOptions, parse as parseYaml, type SchemaOptions } from 'yaml';
import type { ApiRequest } from '../requests/api-request.ts';
import { builtinResources } from '../resources/builtin-resources.ts';
import { apiVersionOf } from '../resources/resource-definition.ts';
import { decodeProtobuf, ProtobufError } from '../schema/protobuf.ts';
import { badRequest, StatusError } from './status-error.ts';

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

const patchTypes: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

export function mediaType(request: Pick<ApiRequest, 'headers'>): string {
  return (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim() ?? '';
}

/** An object in JSON, YAML or Kubernetes' protobuf. */
export function parseBody(request: Pick<ApiRequest, 'headers' | 'body'>): unknown {
  switch (mediaType(request)) {
    case 'application/json':
      return parseJson(request.body);
    case 'application/yaml':
      return parseYamlBody(request.body);
    case 'application/vnd.kubernetes.protobuf':
      return parseProtobuf(request.body);
    default:
      throw new StatusError(
        'UnsupportedMediaType',
        'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
      );
  }
}

export function parsePatch(request: Pick<ApiRequest, 'headers' | 'body'>): {
  type: PatchType;
  patch: unknown;
} {
  const type = patchTypes[mediaType(request)];
  if (type === undefined) throw new StatusError('UnsupportedMediaType', '415: Unsupported Media Type', {});
  return { type, patch: type === 'apply' ? parseYamlBody(request.body) : parseJson(request.body) };
}

function parseProtobuf(body: Buffer): unknown {
  try {
    return decodeProtobuf(body, typeOfKind);
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    throw new StatusError(
      'UnsupportedMediaType',
      `the body of the request cannot be read: ${error.message}`,
      {},
      { cause: error },
    );
  }
}

/** Kinds that are not stored, such as DeleteOptions and reviews, are named like their type. */
function typeOfKind(apiVersion: string, kind: string): string | undefined {
  const stored = builtinResources.find(
    (one) => one.kind === kind && apiVersionOf(one.group, one.versions[0] ?? '') === apiVersion,
  );
  return stored?.type ?? `V1${kind}`;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw badRequest(`the body of the request is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

function parseYamlBody(body: Buffer): unknown {
  const text = body.toString('utf8');
  // JSON is YAML, and far faster read as what it mostly is.
  if (text.trimStart().startsWith('{')) return parseJson(body);
  try {
    return parseYaml(text, yamlOfKubernetes);
  } catch (error) {
    throw badRequest(`error decoding YAML: ${(error as Error).message}`, { cause: error });
  }
}

/** Kubernetes reads YAML 1.1, where `y` and `on` are booleans too, but times stay text. */
const yamlOfKubernetes: ParseOptions & DocumentOptions & SchemaOptions = {
  version: '1.1',
  customTags: (tags) =>
    tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:timestamp'),
};
