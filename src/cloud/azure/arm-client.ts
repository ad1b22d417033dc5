import type { Clock } from '../../async/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import { type Metrics, noMetrics } from '../../telemetry/metrics.ts';
import { isCertificateCode } from '../certificate-code.ts';
import { armError } from './arm-error.ts';
import { createArmMetrics, type ObserveArm } from './arm-metrics.ts';
import { AzureError } from './azure-error.ts';
import type { HttpAnswer, HttpExchange, HttpRequest, NoAnswer } from './http-exchange.ts';
import { retryDelay } from './retry-plan.ts';
import type { TokenSource } from './token-source.ts';

export interface ArmRequest {
  readonly method: HttpRequest['method'];
  /** Path below the ARM endpoint, or a whole link that ARM gave (next page, operation), which must lie on it. */
  readonly path: string;
  /** Left out of links, which carry their own. */
  readonly apiVersion?: string;
  readonly body?: unknown;
  /**
   * What to do where nobody can tell whether the request took effect: `repeat` it (default), or `report` it as
   * `no-answer` or `server`, for the caller to find out first.
   */
  readonly whenUnclear?: 'repeat' | 'report';
}

export interface ArmResponse {
  readonly status: number;
  header(name: string): string | undefined;
  /** Parsed JSON without its nulls (ARM writes null for what is absent); undefined where there is none. */
  readonly body: unknown;
}

export interface ArmClient {
  /** The ARM endpoint, without a slash at its end. */
  readonly endpoint: string;
  /** Resolves with a status below 300; throws AzureError for all else. */
  send(request: ArmRequest, signal: AbortSignal): Promise<ArmResponse>;
  /** The `value`s of all pages. */
  list(request: ArmRequest, signal: AbortSignal): Promise<readonly unknown[]>;
}

export interface ArmClientOptions {
  readonly endpoint: string;
  readonly tokens: TokenSource;
  readonly exchange: HttpExchange;
  readonly clock: Clock;
  /** 0 to 1, for the spread of repeated requests. */
  readonly random: () => number;
  readonly log: Log;
  /** Default: nothing is measured. */
  readonly metrics?: Metrics;
}

export function createArmClient(given: ArmClientOptions): ArmClient {
  const options = { ...given, observe: createArmMetrics(given.metrics ?? noMetrics) };
  const endpoint = options.endpoint.replace(/\/+$/, '');

  async function send(request: ArmRequest, signal: AbortSignal): Promise<ArmResponse> {
    const url = urlOf(endpoint, request);
    const action = `${request.method} ${url.pathname.slice(new URL(endpoint).pathname.length - 1)}`;
    try {
      return await exchangeUntilSettled(options, request, url, action, signal);
    } catch (error) {
      if (error instanceof AzureError || !signal.aborted) throw error;
      throw new AzureError('aborted', `${action}: ended by the caller before there was an answer`, {
        cause: signal.reason,
      });
    }
  }

  async function list(request: ArmRequest, signal: AbortSignal): Promise<readonly unknown[]> {
    const values: unknown[] = [];
    const links = new Set<string>();
    for (let next: ArmRequest = request; ; ) {
      const { body } = await send(next, signal);
      const { value, nextLink } = (body ?? {}) as { value?: unknown; nextLink?: unknown };
      if (Array.isArray(value)) values.push(...value);
      if (typeof nextLink !== 'string' || nextLink === '') break;
      if (links.has(nextLink)) throw new AzureError('server', `${request.path}: the pages link in a circle`);
      links.add(nextLink);
      next = { method: 'GET', path: nextLink };
    }
    return values;
  }

  return { endpoint, send, list };
}

async function exchangeUntilSettled(
  options: ArmClientOptions & { readonly observe: ObserveArm },
  request: ArmRequest,
  url: URL,
  action: string,
  signal: AbortSignal,
): Promise<ArmResponse> {
  const { clock, log, tokens } = options;
  let renewed = false;
  for (let attempt = 1; ; attempt++) {
    const token = await tokens.get(signal);
    const started = clock.now();
    const outcome = await options.exchange(signed(request, url, token), signal);
    const ms = clock.now() - started;
    options.observe(
      request.method,
      url.pathname,
      outcome.type === 'answer' ? outcome.status : undefined,
      ms / 1000,
    );
    log.debug({ action, ...described(outcome), ms }, 'asked Azure Resource Manager');
    if (outcome.type === 'answer' && outcome.status === 401 && !renewed) {
      // Expired between our look at it and ARM's, or withdrawn: a fresh one, once.
      renewed = true;
      tokens.forget(token);
      continue;
    }
    const delay = retryDelay(outcome, {
      attempt,
      whenUnclear: request.whenUnclear ?? 'repeat',
      now: clock.now(),
      random: options.random(),
    });
    if (delay === undefined) return settle(outcome, action, url);
    log.warn({ action, ...described(outcome), attempt, delayMs: delay }, 'Azure is asked again');
    await clock.sleep(delay, signal).catch(() => {
      throw abortedWhileWaiting(outcome, action, url);
    });
  }
}

function urlOf(endpoint: string, request: ArmRequest): URL {
  const url = new URL(/^https?:/i.test(request.path) ? request.path : endpoint + request.path);
  // The bearer token goes with the request, so a link that leads elsewhere is not followed.
  if (url.origin !== new URL(endpoint).origin) {
    throw new AzureError(
      'server',
      `Azure Resource Manager at ${endpoint} gave a link to ${url.origin}; it is not followed`,
    );
  }
  if (request.apiVersion !== undefined) url.searchParams.set('api-version', request.apiVersion);
  return url;
}

function signed(request: ArmRequest, url: URL, token: string): HttpRequest {
  return {
    method: request.method,
    url: url.href,
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      ...(request.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    },
    body: request.body,
  };
}

function settle(outcome: HttpAnswer | NoAnswer, action: string, url: URL): ArmResponse {
  if (outcome.type === 'no-answer') throw noAnswerError(outcome, action, url);
  const body = parseBody(outcome.text);
  if (outcome.status >= 300) throw armError(action, outcome.status, body);
  return { status: outcome.status, header: outcome.header, body };
}

function noAnswerError({ code, message }: NoAnswer, action: string, url: URL): AzureError {
  const cause = Object.assign(new Error(message), { code });
  const advice = isCertificateCode(code)
    ? "its certificate is not trusted; if it is signed by an authority of your own, name that authority's file as caFile"
    : 'check that this address can be reached from here (DNS, firewall, HTTPS_PROXY)';
  return new AzureError(
    'no-answer',
    `${action}: no answer from ${url.origin}: ${message || code}: ${advice}`,
    {
      cause,
    },
  );
}

function abortedWhileWaiting(outcome: HttpAnswer | NoAnswer, action: string, url: URL): AzureError {
  const last =
    outcome.type === 'no-answer'
      ? noAnswerError(outcome, action, url)
      : armError(action, outcome.status, parseBody(outcome.text));
  return new AzureError('aborted', `ended by the caller while waiting to repeat: ${last.message}`, {
    cause: last,
  });
}

/** JSON as it is, or the text itself where it is none (a gateway's page). */
function parseBody(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text, (_key, value) => value ?? undefined);
  } catch {
    return text;
  }
}

function described(outcome: HttpAnswer | NoAnswer): object {
  if (outcome.type === 'no-answer') return { code: outcome.code };
  return { status: outcome.status, requestId: outcome.header('x-ms-request-id') };
}
