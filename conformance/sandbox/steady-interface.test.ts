import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { after, before, suite, test } from 'node:test';
import { isRunning, recordOf } from '../../src/mount/process-record.ts';
import { berth } from '../testing/berth.ts';
import { startSandbox, type TestSandbox } from '../testing/sandbox.ts';

suite('the sandbox’s steady interface', () => {
  let sandbox: TestSandbox;
  const cleanups: (() => Promise<void>)[] = [];
  before(async () => {
    sandbox = await startSandbox({ after: (done) => cleanups.push(done) }, ['--time-scale', '7200']);
  });
  after(async () => {
    for (const cleanup of cleanups) await cleanup();
  });

  test('start -o json prints the promised keys, and the files and sockets they name are there', async () => {
    const { kubeconfig, caFile, clouds, drivers } = sandbox.info;
    assert.deepEqual(
      { resourceGroup: clouds.azure.resourceGroup, location: clouds.azure.location, vnet: clouds.azure.vnet },
      { resourceGroup: 'my-resource-group', location: 'eastus', vnet: 'my-vnet' },
    );
    assert.equal(clouds.azure.subnet, 'my-subnet');
    assert.match(clouds.azure.arm, /^https:\/\/127\.0\.0\.1:\d+$/);
    assert.match(clouds.azure.mgsAddress, /^127\.\d+\.\d+\.\d+$/);
    const sockets = drivers['azurelustre.csi.azure.com'];
    assert.ok(sockets);
    for (const path of [kubeconfig, caFile, sockets.controller.slice('unix://'.length)]) {
      assert.ok(existsSync(path), `${path} is missing`);
    }
    assert.equal((await stat(sandbox.stateDir)).mode & 0o777, 0o700);
  });

  test('ARM answers under the CA to any bearer token, in old and new api-versions, and to none without', async () => {
    const { arm, subscriptionId } = sandbox.info.clouds.azure;
    const ca = await readFile(sandbox.info.caFile);
    const list = (apiVersion: string, headers: Record<string, string>) =>
      new Promise<{ status: number | undefined; body: unknown }>((resolve, reject) => {
        const path = `/subscriptions/${subscriptionId}/providers/Microsoft.StorageCache/amlFilesystems`;
        request(new URL(`${path}?api-version=${apiVersion}`, arm), { ca, headers }, (answer) => {
          json(answer).then((body) => resolve({ status: answer.statusCode, body }), reject);
        })
          .on('error', reject)
          .end();
      });
    for (const apiVersion of ['2024-03-01', '2026-08-01']) {
      const { status, body } = await list(apiVersion, { authorization: 'Bearer anything' });
      assert.equal(status, 200);
      assert.ok((body as { value: unknown[] }).value.length >= 1);
    }
    assert.equal((await list('2026-08-01', {})).status, 401);
  });

  test('a second sandbox on the same state is refused, one beside it is not', async (t) => {
    const second = await berth(['sandbox', 'start', '--detach', '--state-dir', sandbox.stateDir]);
    assert.equal(second.exitCode, 1);
    assert.match(second.stderr, /a sandbox already runs on .*--state-dir/);
    const beside = await startSandbox({ after: (done) => t.after(done) });
    assert.notEqual(beside.info.clouds.azure.arm, sandbox.info.clouds.azure.arm);
    assert.equal((await sandbox.status()).running, true);
  });

  test('a state directory whose sockets would pass 107 bytes is refused, naming --state-dir', async () => {
    const tooLong = join(tmpdir(), 'x'.repeat(80));
    const refused = await berth(['sandbox', 'start', '--detach', '--state-dir', tooLong]);
    assert.equal(refused.exitCode, 2);
    assert.match(refused.stderr, /107.*--state-dir/);
    assert.equal(existsSync(tooLong), false);
  });

  test('wrong flags are refused with what is allowed', async () => {
    for (const [flag, value, allowed] of [
      ['--time-scale', 'fast', /number above 0/],
      ['--isolation', 'jail', /auto, root, user-namespace, none/],
      ['-o', 'xml', /text, json/],
    ] as const) {
      const refused = await berth(['sandbox', 'start', flag, value]);
      assert.equal(refused.exitCode, 2, flag);
      assert.match(refused.stderr, allowed);
      assert.ok(refused.stderr.includes(value), refused.stderr);
    }
  });

  test('faults are listed, set and cleared; a wrong one is refused with what there is', async () => {
    const faults = (...args: readonly string[]) =>
      berth(['sandbox', 'faults', ...args, '--state-dir', sandbox.stateDir, '-o', 'json']);
    const set = JSON.parse((await faults('set', 'throttle', 'times=3', '--name', 'pvc-*')).stdout);
    const listed = JSON.parse((await faults('list')).stdout);
    assert.deepEqual(
      listed.faults.map(({ id, kind }: { id: string; kind: string }) => [id, kind]),
      [[set.id, 'throttle']],
    );
    const unknown = await faults('set', 'nonsense');
    assert.equal(unknown.exitCode, 2);
    assert.match(unknown.stderr, /nonsense.*throttle.*quota-exceeded/);
    assert.deepEqual(JSON.parse((await faults('clear')).stdout), { cleared: 1 });
  });

  test('after stop nothing runs, and the next start finds what was there', async (t) => {
    const stateDir = await mkdtemp(join(tmpdir(), 'berth-t-'));
    t.after(() => rm(stateDir, { recursive: true, force: true }));
    const call = (...args: readonly string[]) =>
      berth(['sandbox', ...args, '--state-dir', stateDir, '-o', 'json']);
    const first = JSON.parse((await call('start', '--detach')).stdout);
    const { pids } = JSON.parse((await call('status')).stdout);
    assert.equal((await call('stop')).exitCode, 0);
    for (const [name, pid] of Object.entries(pids)) {
      // One that nobody has waited for yet is a zombie: ended, but still listed.
      const record = recordOf(Number(pid));
      assert.equal(record !== undefined && isRunning(record), false, `${name} still runs`);
    }
    assert.ok(!(await readFile('/proc/self/mountinfo', 'utf8')).includes(stateDir));
    assert.equal((await call('status')).exitCode, 1);
    const again = JSON.parse((await call('start', '--detach')).stdout);
    assert.equal(again.clouds.azure.mgsAddress, first.clouds.azure.mgsAddress);
    assert.equal((await call('stop', '--purge')).exitCode, 0);
    assert.equal(existsSync(stateDir), false);
  });
});
