import { parse as parseYaml } from 'yaml';
import type { ApiRequest } from '../requests/api-request.ts';
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

/** An object in JSON or YAML. */
export function parseBody(request: Pick<ApiRequest, 'headers' | 'body'>): unknown {
  switch (mediaType(request)) {
    case 'application/json':
      return parseJson(request.body);
    case 'application/yaml':
      return parseYamlBody(request.body);
    default:
      throw unsupported(mediaType(request), ['application/json', 'application/yaml']);
  }
}

export function parsePatch(request: Pick<ApiRequest, 'headers' | 'body'>): {
  type: PatchType;
  patch: unknown;
} {
  const type = patchTypes[mediaType(request)];
  if (type === undefined) throw unsupported(mediaType(request), Object.keys(patchTypes));
  return { type, patch: type === 'apply' ? parseYamlBody(request.body) : parseJson(request.body) };
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
    return parseYaml(text);
  } catch (error) {
    throw badRequest(`error decoding YAML: ${(error as Error).message}`, { cause: error });
  }
}

function unsupported(given: string, accepted: readonly string[]): StatusError {
  return new StatusError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format (${given}) - accepted media types include: ${accepted.join(', ')}`,
    {},
  );
}
