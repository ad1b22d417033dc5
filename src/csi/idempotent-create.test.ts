import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { runUntilSettled } from '../async/testing/run-until-settled.ts';
import { silentLog } from '../telemetry/log.ts';
import type { Call } from './call.ts';
import { CsiError, type CsiErrorCode, retryableCodes } from './errors.ts';
import { createIdempotently } from './idempotent-create.ts';
import { noProgress } from './progress.ts';
import { toCreateRequest } from './requests/create-volume.ts';
import { createVolumeRequest } from './testing/csi-requests.ts';
import {
  type BackendStep,
  createMemoryBackend,
  type MemoryBackendOptions,
} from './testing/memory-backend.ts';
import { toCsiError } from './to-status.ts';

const request = toCreateRequest(createVolumeRequest({ name: 'pvc-1' }));

function harness(options: Omit<MemoryBackendOptions, 'clock'> = {}) {
  const clock = createFakeClock();
  const backend = createMemoryBackend({ clock, ...options });
  const create = (call: Partial<Call> = {}, wanted = request) => {
    const full: Call = {
      signal: new AbortController().signal,
      deadline: undefined,
      log: silentLog,
      progress: noProgress,
      ...call,
    };
    return runUntilSettled(clock, createIdempotently(backend, wanted, full, clock));
  };
  return { clock, backend, create };
}

const withCode = (code: CsiErrorCode, message?: RegExp) => (error: unknown) => {
  assert.ok(error instanceof CsiError, String(error));
  assert.equal(error.code, code, error.message);
  if (message !== undefined) assert.match(error.message, message);
  return true;
};

test('a slow creation is waited for, however long, when the caller set no deadline', async () => {
  const { create, backend } = harness({ createMs: 3_600_000 });
  assert.equal((await create()).state, 'ready');
  assert.equal(backend.accepted(), 1);
});

test('a second before its deadline the caller learns how far the creation is, and the next call finds it', async () => {
  const { create, backend, clock } = harness({ createMs: 600_000 });
  const began = clock.now();
  await assert.rejects(
    create({ deadline: began + 60_000 }),
    withCode(
      'deadline-exceeded',
      /pvc-1 is still being created: 50 s have passed of usually 10 min 0 s \(8 %\)/,
    ),
  );
  assert.equal(clock.now() - began, 59_000);
  assert.equal((await create()).state, 'ready');
  assert.equal(backend.accepted(), 1);
});

test('a caller who leaves cancels its wait and not the creation', async () => {
  const { create, backend, clock } = harness({ createMs: 600_000 });
  const caller = new AbortController();
  const outcome = assert.rejects(create({ signal: caller.signal }), withCode('aborted'));
  await clock.advance(1000);
  caller.abort();
  await outcome;
  assert.equal((await create()).state, 'ready');
  assert.equal(backend.accepted(), 1);
});

test('the same name with another wish is refused for good and changes nothing', async () => {
  const { create, backend } = harness();
  await create();
  for (const other of [{ parameters: { color: 'red' } }, { requiredBytes: 2n ** 40n }, { limitBytes: 1n }]) {
    await assert.rejects(create({}, { ...request, ...other }), withCode('already-exists'));
  }
  assert.equal(backend.accepted(), 1);
});

test('a refusal of the request itself is final and reaches no cloud', async () => {
  const { create, backend } = harness({
    fault: () => assert.fail('asked the cloud'),
  });
  await assert.rejects(
    create({}, { ...request, parameters: { size: 'L' } }),
    withCode('invalid-argument', /size/),
  );
  assert.equal(backend.accepted(), 0);
});

test('a volume that is being deleted is not made again before it is gone', async () => {
  const { create, backend } = harness();
  await create();
  const stored = backend.volumes.get('pvc-1');
  assert.ok(stored);
  stored.state = 'deleting';
  await assert.rejects(create(), withCode('aborted', /being deleted/));
});

test('a failed creation is undone, told with its reason, and the next call makes the volume anew', async () => {
  const { create, backend } = harness();
  await create();
  const stored = backend.volumes.get('pvc-1');
  assert.ok(stored);
  stored.state = 'failed';
  await assert.rejects(create(), withCode('aborted', /the memory wore out/));
  assert.equal(backend.volumes.size, 0);
  assert.equal((await create()).state, 'ready');
  assert.equal(backend.accepted(), 2);
});

test('a failed volume that is not ours is left alone and refused for good', async () => {
  const fault = (step: BackendStep) => {
    if (step === 'discard') throw new CsiError('already-exists', 'pvc-1 belongs to somebody else');
  };
  const { create, backend } = harness({ fault });
  await create();
  const stored = backend.volumes.get('pvc-1');
  assert.ok(stored);
  stored.state = 'failed';
  await assert.rejects(create(), withCode('already-exists', /somebody else/));
  assert.equal(backend.volumes.size, 1);
});

test('a final failure of a create that the cloud did not accept stays final', async () => {
  const fault = (step: BackendStep, when: string) => {
    if (step === 'create' && when === 'before') throw new CsiError('permission-denied', 'no rights');
  };
  await assert.rejects(harness({ fault }).create(), withCode('permission-denied', /no rights/));
});

const proof = (expected: boolean) => (error: unknown) => {
  assert.ok(error instanceof CsiError, String(error));
  assert.equal(error.nothingExists, expected, error.message);
  return true;
};

test('where there is no room, also by the answer to the create itself, the caller learns that nothing exists', async () => {
  for (const [at, when] of [
    ['admit', 'before'],
    ['create', 'before'],
  ] as const) {
    const fault = (step: BackendStep, moment: string) => {
      if (step === at && moment === when) throw new CsiError('resource-exhausted', 'no room');
    };
    await assert.rejects(harness({ fault }).create(), proof(true));
  }
});

test('as long as something may exist, nobody is told that nothing does', async () => {
  for (const code of ['resource-exhausted', 'unavailable', 'aborted', 'permission-denied'] as const) {
    const fault = (step: BackendStep, when: string) => {
      if (step === 'create' && when === 'after') throw new CsiError(code, 'after the fact');
    };
    await assert.rejects(harness({ fault }).create(), proof(false));
  }
  const unknown = (step: BackendStep) => {
    if (step === 'find') throw new CsiError('unavailable', 'no answer');
  };
  await assert.rejects(harness({ fault: unknown }).create(), proof(false));
});

test('checks that matter to a new volume only do not keep an existing one from being found', async () => {
  let full = false;
  const fault = (step: BackendStep) => {
    if (step === 'admit' && full) throw new CsiError('resource-exhausted', 'subnet is full');
  };
  const { create } = harness({ fault });
  await create();
  full = true;
  assert.equal((await create()).state, 'ready');
  await assert.rejects(create({}, { ...request, name: 'pvc-2' }), withCode('resource-exhausted'));
});

const codes: readonly CsiErrorCode[] = [
  'invalid-argument',
  'not-found',
  'permission-denied',
  'failed-precondition',
  'internal',
  'unavailable',
  'aborted',
  'deadline-exceeded',
];
const steps: readonly BackendStep[] = ['find', 'plan', 'admit', 'create', 'complete', 'discard'];

/** One call of the orchestrator: what goes wrong in it, and how long it waits. */
const attempt = fc.record({
  faults: fc.array(
    fc.record({
      step: fc.constantFrom(...steps),
      when: fc.constantFrom('before', 'after'),
      error: fc.oneof(
        fc.constantFrom(...codes).map((code) => new CsiError(code, `injected ${code}`)),
        fc.constant(new Error('injected')),
      ),
    }),
    { maxLength: 3 },
  ),
  patienceMs: fc.constantFrom(undefined, 500, 5_000, 60_000),
  failsInCloud: fc.boolean(),
});

test('whatever fails at whatever step: no second volume, and no final code while one exists', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(attempt, { minLength: 1, maxLength: 4 }), async (attempts) => {
      let faults: (typeof attempts)[number]['faults'] = [];
      let discarded = 0;
      const { create, backend, clock } = harness({
        createMs: 20_000,
        fault: (step, when) => {
          if (step === 'discard' && when === 'after') discarded += 1;
          const fault = faults.find((candidate) => candidate.step === step && candidate.when === when);
          if (fault !== undefined) throw fault.error;
        },
      });

      for (const { patienceMs, failsInCloud, ...injected } of attempts) {
        faults = injected.faults;
        const stored = backend.volumes.get('pvc-1');
        if (failsInCloud && stored !== undefined) stored.state = 'failed';
        const deadline = patienceMs === undefined ? undefined : clock.now() + patienceMs;
        const signal = new AbortController().signal;
        const error = await create({ deadline, signal }).then(
          () => undefined,
          (thrown: unknown) => toCsiError(thrown, 'CreateVolume', signal),
        );
        if (error !== undefined && backend.volumes.has('pvc-1')) {
          assert.ok(retryableCodes.has(error.code), `${error.code}: ${error.message}`);
        }
        assert.equal(backend.accepted() - discarded <= 1, true, 'at most one volume exists');
      }

      faults = [];
      const settled = await create().catch(() => create());
      assert.equal(settled.state, 'ready');
      assert.equal(backend.accepted() - discarded, 1);
    }),
    { numRuns: 300 },
  );
});

test('what only the create itself can meet is compared like what is found by name', async () => {
  const { create, backend } = harness();
  await create();
  const { find } = backend;
  const blind = {
    ...backend,
    find: async () => undefined,
    create: async (intent: typeof request, call: Call) => {
      const met = await find(intent, call);
      assert.ok(met);
      return { ...met, existed: true };
    },
  };
  const again = (wanted: typeof request) => createIdempotently(blind, wanted, idleCall, createFakeClock());
  assert.equal((await again(request)).state, 'ready');
  await assert.rejects(again({ ...request, parameters: { color: 'red' } }), withCode('already-exists'));
  assert.equal(backend.accepted(), 1);
});

const idleCall: Call = {
  signal: new AbortController().signal,
  deadline: undefined,
  log: silentLog,
  progress: noProgress,
};
