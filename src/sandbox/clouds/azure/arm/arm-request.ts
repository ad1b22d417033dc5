import { ArmError } from './arm-error.ts';

/** One request to ARM, its body already read. */
export interface ArmRequest {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: Buffer;
  /** Scheme and authority the caller used; the URLs in the answer start with it. */
  readonly baseUrl: string;
}

export interface ArmResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON; left out for an empty body. */
  readonly body?: unknown;
}

export function ok(body: unknown): ArmResponse {
  return { status: 200, body };
}

/** Query names are matched without case, as ARM does. */
export function queryValue(query: URLSearchParams, name: string): string | undefined {
  for (const [key, value] of query) {
    if (key.toLowerCase() === name.toLowerCase()) return value;
  }
  return undefined;
}

/** The body as JSON, or ARM's answer to what is none. An empty body is undefined. */
export function jsonBody(request: ArmRequest): unknown {
  if (request.body.length === 0) return undefined;
  if (!/^\s*application\/([\w.-]+\+)?json\b/i.test(request.contentType ?? '')) {
    throw new ArmError(
      415,
      'UnsupportedMediaType',
      `The content media type '${request.contentType ?? '<null>'}' is not supported. Only 'application/json' is supported.`,
    );
  }
  try {
    return JSON.parse(request.body.toString('utf8'));
  } catch (error) {
    throw new ArmError(
      400,
      'InvalidRequestContent',
      `The request content was invalid and could not be deserialized: '${error instanceof Error ? error.message : error}'.`,
    );
  }
}
