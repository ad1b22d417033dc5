import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AzureError } from '../../../cloud/azure/azure-error.ts';
import { CsiError, retryableCodes } from '../../../csi/errors.ts';
import { tebibyte } from '../../../units/bytes.ts';
import { dynamicId, key, name, refusalOf, setUpBackend } from '../testing/backend-setup.ts';
import { createCall } from '../testing/calls.ts';

/** A file system of 48 TiB that Berth made, and the ways to grow it. */
async function grown() {
  const world = setUpBackend();
  await world.make();
  const { backend, settle, azure } = world;
  const expand = (tib: bigint, call = createCall(), id = dynamicId) => {
    const { expand: grow } = backend;
    assert.ok(grow);
    return settle(grow(id, { requiredBytes: tib * tebibyte, limitBytes: 0n }, call));
  };
  const begun = () => azure.calls.filter((call) => call.startsWith('beginExpansion'));
  return { ...world, expand, begun };
}

describe('expanding', () => {
  test('one job grows the file system, and its percentage and what is left are told', async () => {
    const { expand, begun } = await grown();
    const call = createCall();
    assert.deepEqual(await expand(64n, call), {
      capacityBytes: 64n * tebibyte,
      nodeExpansionRequired: false,
    });
    assert.deepEqual(begun(), [`beginExpansion ${key} expand-to-64tib 64`]);
    const last = call.reports.at(-1);
    assert.equal(last?.phase, 'expanding');
    assert.equal(last?.message, `Azure is expanding AMLFS cluster ${name} to 64 TiB`);
    assert.ok((last?.percent ?? 0) > 0 && (last?.remainingMs ?? 0) > 0);
  });

  test('what is rounded up is told before anything is begun', async () => {
    const { expand } = await grown();
    const call = createCall();
    assert.equal((await expand(50n, call)).capacityBytes, 64n * tebibyte);
    assert.equal(call.reports[0]?.phase, 'rounding');
    assert.match(call.reports[0]?.message ?? '', /^50 TiB becomes 64 TiB, which is what Azure bills/);
  });

  test('a file system that is large enough costs no job, and neither does a size that cannot be', async () => {
    const { expand, begun } = await grown();
    assert.equal((await expand(48n)).capacityBytes, 48n * tebibyte);
    assert.equal((await refusalOf(expand(500n))).code, 'out-of-range');
    assert.deepEqual(begun(), []);
  });

  test('a job whose answer is lost is found and not begun again', async () => {
    const { expand, begun, azure } = await grown();
    azure.jobs.loseNextAnswer(new AzureError('no-answer', 'connection reset'));
    assert.equal((await expand(64n)).capacityBytes, 64n * tebibyte);
    assert.equal(begun().length, 1);
  });

  test('a call that ends early leaves a job that the next one follows', async () => {
    const { expand, begun, clock } = await grown();
    const deadline = AbortSignal.any([]);
    const stop = new AbortController();
    void clock.sleep(500, deadline).then(() => stop.abort(new CsiError('deadline-exceeded', 'time is up')));
    const error = await refusalOf(expand(64n, createCall({ signal: stop.signal })));
    assert.ok(retryableCodes.has(error.code), error.code);
    assert.equal((await expand(64n)).capacityBytes, 64n * tebibyte);
    assert.equal(begun().length, 1);
  });

  test('throttling on the way is waited out', async () => {
    const { expand, azure } = await grown();
    azure.jobs.failNext('expansions', new AzureError('throttled', 'slow down', { status: 429 }));
    azure.jobs.failNext('expansions', new AzureError('server', 'away', { status: 503 }));
    assert.equal((await expand(64n)).capacityBytes, 64n * tebibyte);
  });

  test('a job that fails says why, and a further try is a new job', async () => {
    const { expand, begun, azure } = await grown();
    azure.jobs.endNextIn('Failed', 'NoCapacity: no hardware in this zone');
    const error = await refusalOf(expand(64n));
    assert.equal(error.code, 'internal');
    assert.match(error.message, /job expand-to-64tib failed \(NoCapacity: no hardware in this zone\)/);
    assert.equal((await expand(64n)).capacityBytes, 64n * tebibyte);
    assert.deepEqual(begun(), [
      `beginExpansion ${key} expand-to-64tib 64`,
      `beginExpansion ${key} expand-to-64tib-2 64`,
    ]);
  });

  test('jobs that failed again and again rest, and the claim is told the last reason and the time', async () => {
    const { expand, begun, azure, clock } = await grown();
    const failed = {
      newStorageCapacityTiB: 64,
      state: 'Failed',
      detail: 'NoCapacity',
      startedAt: clock.now(),
    } as const;
    azure.jobs.stored.set(key, [
      { ...failed, name: 'expand-to-64tib' },
      { ...failed, name: 'expand-to-64tib-2' },
    ]);
    const error = await refusalOf(expand(64n));
    assert.equal(error.code, 'internal');
    assert.match(error.message, /job expand-to-64tib failed \(NoCapacity\)\. It is tried again after 20/);
    assert.deepEqual(begun(), []);
    await clock.advance(600_000);
    assert.equal((await expand(64n)).capacityBytes, 64n * tebibyte);
    assert.equal(begun().length, 1);
  });

  test('an older API version, a missing permission and a file system that is not ours are refused with the reason', async () => {
    const { expand, azure, begun } = await grown();
    azure.jobs.failNext('beginExpansion', new AzureError('forbidden', 'no right', { status: 403 }));
    const forbidden = await refusalOf(expand(64n));
    assert.equal(forbidden.code, 'permission-denied');
    assert.match(forbidden.message, /expansionJobs\/write/);
    azure.jobs.tooOld = 'api-version 2024-03-01 has no expansionJobs';
    const old = await refusalOf(expand(64n));
    assert.equal(old.code, 'unimplemented');
    assert.match(old.message, /2024-03-01 has no expansionJobs.*--arm-api-version/);
    assert.equal((await expand(48n)).capacityBytes, 48n * tebibyte);
    const stored = azure.stored.get(key);
    assert.ok(stored);
    azure.stored.set(key, { ...stored, tags: {} });
    assert.equal((await refusalOf(expand(64n))).code, 'failed-precondition');
    assert.equal(begun().length, 1);
  });

  test('a static volume takes any size without Azure, and an unknown id is not found', async () => {
    const { expand, opened } = await grown();
    const before = opened();
    const fixed = await expand(1n, createCall(), 'a#lustrefs#10.0.0.4##f#');
    assert.equal(fixed.capacityBytes, tebibyte);
    assert.equal(opened(), before);
    for (const id of ['fake-vol-id', 'x#lustrefs#10.0.0.4##t#', 'gone#lustrefs#10.0.0.4##t#my-rg'])
      assert.equal((await refusalOf(expand(64n, createCall(), id))).code, 'not-found', id);
  });
});
