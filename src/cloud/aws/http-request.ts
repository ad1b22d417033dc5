import { type ClientRequestArgs, request as httpRequest } from 'node:http';
import { type Agent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds until it is given up, besides the signal. */
  readonly timeoutMs: number;
}

/** One exchange without repetition. Rejects with the socket's error, a TimeoutError, or the signal's reason. */
export type SendHttp = (
  request: HttpRequest,
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly body: string }>;

/** `agent` is for HTTPS; plain HTTP, which only metadata services on this machine's own links speak, uses no proxy. */
export function createSendHttp(agent: Agent): SendHttp {
  return async ({ method, url, headers = {}, body, timeoutMs }, signal) => {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
    const options: ClientRequestArgs = {
      method,
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    };
    const sent = url.startsWith('https:')
      ? httpsRequest(url, { ...options, agent })
      : httpRequest(url, options);
    sent.on('response', (response) => {
      text(response).then((read) => resolve({ status: response.statusCode ?? 0, body: read }), reject);
    });
    sent.on('error', reject);
    sent.end(body);
    try {
      return await promise;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  };
}
