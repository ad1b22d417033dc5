import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { HttpAnswer, NoAnswer } from './http-exchange.ts';
import { parseRetryAfter, retryDelay } from './retry-plan.ts';

const now = Date.UTC(2026, 0, 1);
const facts = { attempt: 1, whenUnclear: 'repeat', now, random: 0 } as const;
const answer = (status: number, retryAfter?: string): HttpAnswer => ({
  type: 'answer',
  status,
  header: (name) => (name === 'retry-after' ? retryAfter : undefined),
  text: '',
});
const lost = (code: string): NoAnswer => ({ type: 'no-answer', code, message: '' });

test('what will not change by waiting is not repeated', () => {
  for (const status of [200, 202, 400, 401, 403, 404, 409, 412, 501])
    assert.equal(retryDelay(answer(status), facts), undefined, `${status}`);
  assert.equal(retryDelay(lost('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), facts), undefined);
});

test('where the outcome is unclear and matters, only what surely had no effect is repeated', () => {
  const create = { ...facts, whenUnclear: 'report' } as const;
  for (const outcome of [answer(429), answer(503), answer(500), lost('ECONNREFUSED'), lost('ENOTFOUND')])
    assert.notEqual(retryDelay(outcome, create), undefined, JSON.stringify(outcome));
  for (const outcome of [answer(502), answer(504), lost('ECONNRESET'), lost('ETIMEDOUT'), lost('')])
    assert.equal(retryDelay(outcome, create), undefined, JSON.stringify(outcome));
});

test('Retry-After may be seconds or a date, and a date that has passed means now', () => {
  assert.equal(parseRetryAfter('7', now), 7000);
  assert.equal(parseRetryAfter('Thu, 01 Jan 2026 00:00:30 GMT', now), 30_000);
  assert.equal(parseRetryAfter('Wed, 31 Dec 2025 00:00:00 GMT', now), 0);
  assert.equal(parseRetryAfter('soon', now), undefined);
  assert.equal(parseRetryAfter(undefined, now), undefined);
  assert.equal(retryDelay(answer(503, '3'), facts), 3000);
});

test('without Retry-After a wait is between half its step and the step, 30 s at most', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 7 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, random) => {
        const delay = retryDelay(answer(503), { ...facts, attempt, random }) ?? Number.NaN;
        const step = Math.min(500 * 2 ** (attempt - 1), 30_000);
        assert.ok(delay >= step / 2 && delay <= step, `${delay} for ${step}`);
      },
    ),
  );
  assert.equal(retryDelay(answer(503), { ...facts, attempt: 8 }), undefined);
});
