import type { Agent } from 'node:https';
import type { HttpHeaders, HttpMethods } from '@azure/core-rest-pipeline';
import { type Clock, systemClock } from '../../async/clock.ts';
import { withDeadline } from '../../async/deadline.ts';

export interface HttpRequest {
  readonly method: HttpMethods;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

export interface HttpAnswer {
  readonly type: 'answer';
  readonly status: number;
  header(name: string): string | undefined;
  readonly text: string;
}

export interface NoAnswer {
  readonly type: 'no-answer';
  /** The system's or TLS' code, e.g. `ECONNRESET`. */
  readonly code: string;
  readonly message: string;
}

/** One HTTP request, one outcome; rejects only with the reason of `signal`. */
export type HttpExchange = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer | NoAnswer>;

export interface HttpExchangeOptions {
  readonly agent: Agent;
  readonly userAgent: string;
  readonly attemptTimeoutMs: number;
  /** Default: real time, because it bounds a silent network and not the caller's patience. */
  readonly clock?: Clock;
}

/**
 * Azure's own pipeline with what each single request needs: user agent, request id, the agent with the trusted
 * authorities and the proxy. Repeating and signing are decided above, where the caller's deadline is known.
 */
export function createHttpExchange(options: HttpExchangeOptions): HttpExchange {
  let opening: ReturnType<typeof openPipeline> | undefined;

  return async (request, signal) => {
    opening ??= openPipeline(options);
    const send = await opening;
    signal.throwIfAborted();
    const { clock = systemClock, attemptTimeoutMs } = options;
    let timedOut = false;
    const attempt = withDeadline(clock, signal, clock.now() + attemptTimeoutMs, () => {
      timedOut = true;
      return 'silent';
    });
    try {
      const response = await send(request, attempt.signal);
      return answerOf(response.status, response.headers, response.bodyAsText ?? '');
    } catch (error) {
      signal.throwIfAborted();
      if (timedOut) return noAnswer('ETIMEDOUT', `no answer in ${attemptTimeoutMs / 1000} s`);
      return noAnswer(codeOf(error), error instanceof Error ? error.message : String(error));
    } finally {
      attempt.dispose();
    }
  };
}

async function openPipeline({ agent, userAgent }: HttpExchangeOptions) {
  // Loaded by the first request: only a process that really talks to Azure shall pay for it.
  const azure = await import('@azure/core-rest-pipeline');
  const pipeline = azure.createEmptyPipeline();
  pipeline.addPolicy(azure.agentPolicy(agent));
  pipeline.addPolicy(azure.userAgentPolicy({ userAgentPrefix: userAgent }));
  pipeline.addPolicy(azure.setClientRequestIdPolicy());
  const client = azure.createDefaultHttpClient();
  return ({ method, url, headers, body }: HttpRequest, abortSignal: AbortSignal) =>
    pipeline.sendRequest(
      client,
      azure.createPipelineRequest({
        method,
        url,
        headers: azure.createHttpHeaders({ ...headers }),
        body: body === undefined ? null : JSON.stringify(body),
        abortSignal,
      }),
    );
}

function answerOf(status: number, headers: HttpHeaders, text: string): HttpAnswer {
  return { type: 'answer', status, header: (name) => headers.get(name), text };
}

function noAnswer(code: string, message: string): NoAnswer {
  return { type: 'no-answer', code, message };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
