import { isCertificateCode } from '../certificate-code.ts';
import type { HttpAnswer, NoAnswer } from './http-exchange.ts';

/** The statuses Azure's own clients repeat. */
const passingStatuses: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
/** A gateway says these when it does not know what became of the request behind it. */
export const gatewayStatuses: ReadonlySet<number> = new Set([502, 504]);
/** The request never left this machine: repeating it cannot do anything twice. */
const neverSentCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

const maximumAttempts = 8;
const firstBackoffMs = 500;
const longestBackoffMs = 30_000;

export interface RetryFacts {
  /** How many times the request has been sent, this outcome included. */
  readonly attempt: number;
  /** `report`: where the outcome does not tell whether the request took effect, the caller is told at once. */
  readonly whenUnclear: 'repeat' | 'report';
  /** Milliseconds since the epoch, for a Retry-After that is a date. */
  readonly now: number;
  /** 0 to 1. */
  readonly random: number;
}

/**
 * How many milliseconds to wait before the request is repeated, or undefined when this outcome stands. Retry-After is
 * obeyed as it is; without it the wait doubles from half a second to 30 s, spread over its upper half, so that many
 * claims throttled at once do not come back at once. Eight attempts take about a minute.
 */
export function retryDelay(outcome: HttpAnswer | NoAnswer, facts: RetryFacts): number | undefined {
  if (facts.attempt >= maximumAttempts || !isPassing(outcome)) return undefined;
  if (facts.whenUnclear === 'report' && isUnclear(outcome)) return undefined;
  const asked =
    outcome.type === 'answer' ? parseRetryAfter(outcome.header('retry-after'), facts.now) : undefined;
  if (asked !== undefined) return asked;
  const backoff = Math.min(firstBackoffMs * 2 ** (facts.attempt - 1), longestBackoffMs);
  return Math.round(backoff * (0.5 + facts.random / 2));
}

/** Retry-After (RFC 9110, 10.2.3), seconds or an HTTP date, in milliseconds from `now`; undefined where it is neither. */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined || value.trim() === '') return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function isPassing(outcome: HttpAnswer | NoAnswer): boolean {
  return outcome.type === 'answer' ? passingStatuses.has(outcome.status) : !isCertificateCode(outcome.code);
}

function isUnclear(outcome: HttpAnswer | NoAnswer): boolean {
  return outcome.type === 'answer' ? gatewayStatuses.has(outcome.status) : !neverSentCodes.has(outcome.code);
}
