import { backoffDelay } from '../../async/backoff.ts';
import { isCertificateCode } from '../certificate-code.ts';
import type { AwsError } from './aws-error.ts';

const maximumAttempts = 8;

/**
 * Milliseconds before a failed call is repeated, or undefined where it stands. Throttled calls wait longer from the
 * start than those that met a server's passing failure. Every operation Berth uses may be repeated: a creation carries
 * its client token.
 *
 * @param attempt how many times it was sent, this failure included
 * @param random a number in [0, 1)
 */
export function retryDelay(error: AwsError, attempt: number, random: () => number): number | undefined {
  if (attempt >= maximumAttempts) return undefined;
  if (error.kind !== 'throttled' && error.kind !== 'unavailable') return undefined;
  if (isCertificateCode(error.code)) return undefined;
  const initialMs = error.kind === 'throttled' ? 500 : 100;
  return backoffDelay({ initialMs, maxMs: 20_000, jitter: 0.5 }, attempt - 1, random);
}
