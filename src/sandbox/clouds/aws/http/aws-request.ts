/** One request to any of the simulated services, its body already read. */
export interface AwsRequest {
  readonly method: string;
  /** As sent, without the query: what the signature covers. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  /** Of a header in lower case; several are joined by commas. */
  header(name: string): string | undefined;
  readonly authorization: string | undefined;
  readonly body: Buffer;
}

export interface AwsResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer, or `lost`: the request took effect and the connection is to be reset. */
export type AwsOutcome = AwsResponse | 'lost';

/** The answer of a REST-JSON service. */
export function jsonResponse(status: number, body?: unknown): AwsResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/json' },
    body: body === undefined ? '' : JSON.stringify(body),
  };
}
