import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { ExpansionJob } from '../../../cloud/azure/aml-jobs.ts';
import { gibibyte, tebibyte } from '../../../units/bytes.ts';
import { bytesOfTiB, tibOfBytes } from '../capacity.ts';
import { type ExpansionFacts, planExpansion } from './expansion-plan.ts';

const sku = { name: 'AMLFS-Durable-Premium-125', zones: [], incrementTiB: 16, maximumTiB: 128 };
const range = (requiredBytes: bigint, limitBytes = 0n) => ({ requiredBytes, limitBytes });
const facts = (changes: Partial<ExpansionFacts> = {}): ExpansionFacts => ({
  currentBytes: 16n * tebibyte,
  jobs: [],
  sku: { ...sku, largeMaximumTiB: 4096 },
  settings: { largeCluster: 'false', maxRounding: undefined },
  now: 0,
  ...changes,
});
const job = (newStorageCapacityTiB: number, state: ExpansionJob['state'], name = 'theirs'): ExpansionJob => ({
  name,
  newStorageCapacityTiB,
  state,
});

describe('the next step of an expansion', () => {
  test('comes at once after one failed job, and after more of them later and later, at most an hour', () => {
    const failedAt = (...startedAt: number[]) =>
      startedAt.map((at, index) => ({
        ...job(32, 'Failed', index === 0 ? 'expand-to-32tib' : `expand-to-32tib-${index + 1}`),
        startedAt: at,
      }));
    const step = (now: number, jobs: readonly ExpansionJob[], size = 32n) =>
      planExpansion(range(size * tebibyte), facts({ now, jobs }));
    const minutes = 60_000;
    assert.equal(step(1, failedAt(0)).type, 'begin');
    const rest = step(1, failedAt(-minutes, 0));
    assert.ok(rest.type === 'rest');
    assert.deepEqual([rest.failed.name, rest.until], ['expand-to-32tib-2', 10 * minutes]);
    const tried = step(10 * minutes, failedAt(-minutes, 0));
    assert.equal(tried.type === 'begin' && tried.jobName, 'expand-to-32tib-3');
    const third = step(1, failedAt(-20 * minutes, -10 * minutes, 0));
    assert.equal(third.type === 'rest' && third.until, 20 * minutes);
    const many = step(1, failedAt(-5, -4, -3, -2, -1, 0));
    assert.equal(many.type === 'rest' && many.until, 60 * minutes);
    assert.equal(step(1, failedAt(-1, 0), 48n).type, 'begin', 'another size');
  });

  test('begins a job whose name follows from the size, and says what is rounded', () => {
    assert.deepEqual(planExpansion(range(32n * tebibyte), facts()), {
      type: 'begin',
      jobName: 'expand-to-32tib',
      bytes: 32n * tebibyte,
      rounding: undefined,
    });
    const rounded = planExpansion(range(33n * tebibyte), facts());
    assert.equal(rounded.type === 'begin' && rounded.jobName, 'expand-to-48tib');
    assert.match((rounded.type === 'begin' && rounded.rounding) || '', /^33 TiB becomes 48 TiB, /);
  });

  test('a shrink is never a step: what is large enough stays, and a limit below it is refused', () => {
    assert.deepEqual(planExpansion(range(8n * tebibyte), facts()), { type: 'enough', bytes: 16n * tebibyte });
    const refused = planExpansion(range(0n, 8n * tebibyte), facts());
    assert.equal(refused.type === 'refuse' && refused.refusal.code, 'out-of-range');
    assert.match((refused.type === 'refuse' && refused.refusal.message) || '', /cannot shrink to 8 TiB/);
  });

  test('a step that the limit, the SKU or max-rounding forbids is refused', () => {
    const messageOf = (asked: ReturnType<typeof range>, changes: Partial<ExpansionFacts> = {}) => {
      const step = planExpansion(asked, facts(changes));
      return step.type === 'refuse' ? step.refusal.message : step.type;
    };
    assert.match(
      messageOf(range(20n * tebibyte, 31n * tebibyte)),
      /^ControllerExpandVolume required capacity/,
    );
    assert.match(messageOf(range(129n * tebibyte)), /exceeds maximum capacity/);
    const strict = { largeCluster: 'false', maxRounding: '1' } as const;
    assert.match(
      messageOf(range(20n * tebibyte), { settings: strict }),
      /max-rounding allows at most 1 times/,
    );
    assert.match(messageOf(range(20n * tebibyte), { sku: undefined }), /lists no sizes/);
    const xl = { largeCluster: 'xl', maxRounding: undefined } as const;
    assert.match(messageOf(range(20n * tebibyte), { settings: xl }), /large-cluster: xl/);
  });

  test('a large cluster grows beyond the default maximum', () => {
    const settings = { largeCluster: 'true', maxRounding: undefined } as const;
    assert.equal(planExpansion(range(512n * tebibyte), facts({ settings })).type, 'begin');
  });

  test('a job that runs is followed whatever its size, as Azure allows one at a time', () => {
    for (const state of ['InProgress', 'RollingBack', 'Deleting'] as const)
      for (const size of [32, 64]) {
        const running = job(size, state);
        assert.deepEqual(planExpansion(range(48n * tebibyte), facts({ jobs: [running] })), {
          type: 'follow',
          job: running,
        });
      }
  });

  test('a complete job counts before the file system tells of it; a failed one gives the next a name of its own', () => {
    const complete = facts({ jobs: [job(32, 'Completed')] });
    assert.deepEqual(planExpansion(range(32n * tebibyte), complete), {
      type: 'enough',
      bytes: 32n * tebibyte,
    });
    const failed = facts({ jobs: [job(32, 'Failed', 'expand-to-32tib')] });
    const step = planExpansion(range(32n * tebibyte), failed);
    assert.equal(step.type === 'begin' && step.jobName, 'expand-to-32tib-2');
  });

  test('what is begun is a whole number of steps, larger than what is there, and the same for the same wish', () => {
    const states = fc.constantFrom<ExpansionJob['state']>('Completed', 'Failed');
    const jobs = fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), states), { maxLength: 6 });
    fc.assert(
      fc.property(
        fc.bigInt(0n, 140n * tebibyte),
        fc.integer({ min: 1, max: 8 }),
        jobs,
        (required, steps, earlier) => {
          const known = facts({
            currentBytes: bytesOfTiB(steps * 16),
            jobs: earlier.map(([count, state]) => job(count * 16, state, `expand-to-${count * 16}tib`)),
          });
          const step = planExpansion(range(required), known);
          assert.deepEqual(planExpansion(range(required), known), step);
          if (step.type === 'enough') assert.ok(step.bytes >= required && step.bytes >= known.currentBytes);
          if (step.type !== 'begin') return;
          assert.equal(tibOfBytes(step.bytes) % 16, 0);
          assert.ok(step.bytes > known.currentBytes && step.bytes >= required);
          assert.ok(step.bytes - required < 16n * tebibyte && step.bytes <= 128n * tebibyte);
          assert.ok(!known.jobs.some(({ name, state }) => name === step.jobName && state === 'Completed'));
          assert.match(step.jobName, /^[a-z0-9][a-z0-9_-]{1,78}$/);
        },
      ),
    );
  });

  test('half a step of difference is enough of a wish', () => {
    const step = planExpansion(range(16n * tebibyte + gibibyte), facts());
    assert.equal(step.type === 'begin' && step.bytes, 32n * tebibyte);
  });
});
