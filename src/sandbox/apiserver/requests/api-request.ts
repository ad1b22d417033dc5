import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { RequestTarget } from '../http/request-target.ts';

/** One authenticated request. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly user: string;
  readonly body: Buffer;
  /** A signal aborted when the client has gone away or the server closes. Made on demand: few requests last long. */
  readonly untilGone: () => AbortSignal;
}

/** An answer: JSON text, or a function that writes a stream and settles when it is done. */
export type Answer =
  | {
      readonly code: number;
      readonly json: string;
      readonly warnings?: readonly string[];
      /** `application/json` where not given; `json` is then whatever it says. */
      readonly contentType?: string;
    }
  | { readonly stream: (response: ServerResponse) => Promise<void> };

export interface TargetedRequest extends ApiRequest {
  readonly target: RequestTarget;
}
