import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { systemClock } from '../../src/async/clock.ts';
import { VolumeCapability_AccessMode_Mode as Mode, NodeDefinition } from '../../src/csi/gen/csi.ts';
import { kubeconfigConfig } from '../../src/kube/kubeconfig.ts';
import { openKubeClient } from '../../src/kube/open-kube-client.ts';
import { configMaps } from '../../src/kube/resources.ts';
import { isRunning, recordOf } from '../../src/mount/process-record.ts';
import { callPlugin } from '../../src/sandbox/node/plugins/call-plugin.ts';
import { berth } from '../testing/berth.ts';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { mountRefusal, startSandbox } from '../testing/sandbox.ts';

async function scratch(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-t-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

const settings = { namespace: 'default', name: 'settings' };

suite('the state of a sandbox', () => {
  const world = openedForSuite(async (t) => {
    const sandbox = await startSandbox(t, ['--time-scale', '7200']);
    const client = openKubeClient(
      await kubeconfigConfig({ path: sandbox.info.kubeconfig, clock: systemClock }),
    );
    await client.create(configMaps, { metadata: settings, data: { greeting: 'hello' } });
    return { ...sandbox, client };
  });
  const call = (...args: readonly string[]) => berth(['sandbox', ...args, '--state-dir', world().stateDir]);
  const greeting = async () => (await world().client.get(configMaps, settings)).data;

  test('after kill -9, status says what still runs, and the next start has the same addresses and objects', async () => {
    const { pids = {} } = await world().status();
    process.kill(Number(pids.sandbox), 'SIGKILL');
    while (isRunning(recordOf(Number(pids.sandbox)) ?? { pid: 0, startTime: '' })) await setTimeout(10);
    const after = await call('status');
    assert.equal(after.exitCode, 1);
    assert.match(after.stdout, /It was killed, and its processes [\d, ]+ still run/);
    assert.deepEqual(await world().start(), world().info);
    assert.deepEqual(await greeting(), { greeting: 'hello' });
  });

  test('stop takes back mounts that a caller of the node socket made elsewhere', {
    skip: mountRefusal() ?? false,
  }, async (t) => {
    const { mgsAddress } = world().info.clouds.azure;
    const target = join(await scratch(t), 'target');
    const socket = world().info.drivers['azurelustre.csi.azure.com']?.node.slice('unix://'.length) ?? '';
    await callPlugin(
      socket,
      NodeDefinition,
      NodeDefinition.methods.nodePublishVolume,
      {
        volumeId: 'by-hand',
        publishContext: {},
        stagingTargetPath: '',
        targetPath: target,
        volumeCapability: {
          accessType: { $case: 'mount', mount: { fsType: '', mountFlags: [], volumeMountGroup: '' } },
          accessMode: { mode: Mode.MULTI_NODE_MULTI_WRITER },
        },
        readonly: false,
        secrets: {},
        volumeContext: { 'mgs-ip-address': mgsAddress, 'fs-name': 'lustrefs' },
      },
      { timeoutMs: 10_000, signal: t.signal },
    );
    const mounted = async () => (await readFile('/proc/self/mountinfo', 'utf8')).includes(target);
    assert.equal(await mounted(), true);
    const { pids = {} } = await world().status();
    await call('stop');
    assert.equal(await mounted(), false);
    for (const pid of Object.values(pids)) {
      const record = recordOf(pid);
      assert.equal(record !== undefined && isRunning(record), false, `process ${pid} still runs`);
    }
    assert.equal(existsSync(socket), false);
    await world().start();
  });

  for (const [file, version] of [
    ['kube.db', /kube\.db has schema version 99/],
    ['azure.db', /azure\.db was written by a later version of Berth/],
  ] as const) {
    test(`a damaged or newer ${file} is refused with a sentence and left alone; put back, nothing is lost`, async (t) => {
      const { stateDir } = world();
      await call('stop');
      const kept = join(await scratch(t), file);
      await copyFile(join(stateDir, file), kept);

      const newer = new DatabaseSync(join(stateDir, file));
      newer.exec('PRAGMA user_version = 99');
      newer.close();
      const tooNew = await call('start', '--detach');
      assert.equal(tooNew.exitCode, 1);
      assert.match(tooNew.stderr, version);

      await writeFile(join(stateDir, file), 'x'.repeat(20_000));
      const damaged = await call('start', '--detach');
      assert.equal(damaged.exitCode, 1);
      assert.match(damaged.stderr, new RegExp(`${file}.*move it away to start anew`));
      assert.equal((await readFile(join(stateDir, file))).length, 20_000);

      await copyFile(kept, join(stateDir, file));
      await world().start();
      assert.deepEqual(await greeting(), { greeting: 'hello' });
    });
  }

  test('half-written files of an earlier run do not keep it from starting', async () => {
    const { stateDir } = world();
    await call('stop');
    for (const file of ['run.json', 'processes.json', 'sandbox.json']) {
      await writeFile(join(stateDir, file), '{"for');
    }
    await world().start();
    assert.deepEqual(await greeting(), { greeting: 'hello' });
  });
});

suite('a directory that is not a sandbox’s', () => {
  test('is neither taken by start nor removed by stop --purge', async (t) => {
    const directory = join(await scratch(t), 'home');
    await mkdir(directory);
    await writeFile(join(directory, 'thesis.tex'), '');
    const start = await berth(['sandbox', 'start', '--detach', '--state-dir', directory]);
    assert.equal(start.exitCode, 2);
    assert.match(start.stderr, /--state-dir: .*home is not a sandbox's \(it holds thesis\.tex\)/);
    const stop = await berth(['sandbox', 'stop', '--purge', '--state-dir', directory]);
    assert.equal(stop.exitCode, 2);
    assert.match(stop.stderr, /--purge: .*home is not a sandbox's directory, so nothing was removed/);
    assert.deepEqual(await readdir(directory), ['thesis.tex']);
  });

  test('one that never was: stop has nothing to do, status and faults say so', async (t) => {
    const directory = join(await scratch(t), 'never');
    const call = (...args: readonly string[]) => berth(['sandbox', ...args, '--state-dir', directory]);
    assert.deepEqual(JSON.parse((await call('stop', '-o', 'json')).stdout), { stopped: false });
    assert.equal((await call('stop', '--purge')).exitCode, 0);
    const status = await call('status', '-o', 'json');
    assert.equal(status.exitCode, 1);
    assert.equal(JSON.parse(status.stdout).running, false);
    const faults = await call('faults', 'list');
    assert.equal(faults.exitCode, 1);
    assert.match(faults.stderr, /no sandbox runs on .*never/);
    assert.equal(existsSync(directory), false);
  });

  test('a file, an empty name, and a place that takes no directory are refused by name', async () => {
    for (const [name, sentence] of [
      [import.meta.filename, /state\.test\.ts cannot be made a directory/],
      ['', /It must name a directory/],
      ['/proc/berth', /\/proc\/berth cannot be made a directory/],
    ] as const) {
      const refused = await berth(['sandbox', 'start', '--detach', '--state-dir', name]);
      assert.equal(refused.exitCode, 2, name);
      assert.match(refused.stderr, /--state-dir/);
      assert.match(refused.stderr, sentence);
    }
  });
});
