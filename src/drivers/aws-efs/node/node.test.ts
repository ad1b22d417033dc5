import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../../async/clock.ts';
import type { MountedVolume, PublishRequest } from '../../../csi/driver.ts';
import { signalProcess } from '../../../mount/process-record.ts';
import { testCall } from '../../../mount/testing/kernel-calls.ts';
import { readTcpPorts } from '../../../mount/tunnel/tcp-ports.ts';
import { silentLog } from '../../../telemetry/log.ts';
import { createEfsMounter } from './node.ts';

const noStunnel = spawnSync('stunnel', ['-version']).error && 'stunnel is not installed (Debian: stunnel4)';
const call = testCall();

function request(volumeId: string, volumeContext: Record<string, string> = {}): PublishRequest {
  return {
    volumeId,
    targetPath: '/target',
    stagingTargetPath: '',
    capability: { access: { type: 'mount', fsType: '', mountFlags: [] }, mode: 'MULTI_NODE_MULTI_WRITER' },
    readonly: false,
    volumeContext: { mounttargetip: '10.0.1.7', ...volumeContext },
    publishContext: {},
    secrets: {},
  };
}

/** A mounter is never closed; what it looks after each second must not keep the test from ending. */
const clock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    setTimeout(milliseconds, undefined, { ref: milliseconds < 1_000, ...(signal && { signal }) }),
};

/** A node where every address answers and nobody asks AWS for more than its region. */
async function openMounter(t: TestContext, mounter: 'tunnel' | 'efs-utils' = 'tunnel') {
  const stateDir = await mkdtemp(join(tmpdir(), 'berth-efs-node-'));
  const dialled: string[] = [];
  t.after(async () => {
    const record = await readFile(join(stateDir, 'efs-tunnel/stunnel.json'), 'utf8').catch(() => undefined);
    if (record !== undefined) signalProcess(JSON.parse(record), 'SIGKILL');
    await rm(stateDir, { recursive: true, force: true });
  });
  const efs = createEfsMounter({
    clock,
    log: silentLog,
    run: () => Promise.reject(new Error('runs nothing')),
    dial: async (host, port) => void dialled.push(`${host}:${port}`),
    lnetPort: 988,
    workDir: '/nowhere',
    readText: () => undefined,
    efs: {
      mounter,
      stateDir,
      nfsPort: 2049,
      lookup: () => Promise.reject(new Error('no DNS')),
      aws: async () => ({
        metadata: { read: async () => undefined },
        region: async () => 'eu-central-1',
        credentials: () => Promise.reject(new Error('not asked for')),
        mountTargets: () => Promise.reject(new Error('not asked for')),
      }),
    },
  });
  return { efs, stateDir, dialled };
}

const optionsOf = (options: readonly string[] | undefined) =>
  Object.fromEntries((options ?? []).map((option) => option.split('=')));
const mounted = (port: string): MountedVolume => ({
  fsType: 'nfs4',
  source: '127.0.0.1:/',
  device: '0:9999',
  superOptions: ['vers=4.1', `port=${port}`, 'addr=127.0.0.1'],
});

test('an encrypted mount gets a listening port of its own, volumes that differ get different ones', {
  skip: noStunnel,
}, async (t) => {
  const { efs, dialled, stateDir } = await openMounter(t);
  const ports = [];
  for (const handle of [
    'fs-00000001::fsap-00000001',
    'fs-00000001::fsap-00000002',
    'fs-00000001::fsap-00000001',
  ]) {
    const asked = request(handle);
    const prepared = await efs.prepare?.(efs.plan(asked), asked, call);
    const { addr, port = '' } = optionsOf(prepared?.options);
    assert.equal(addr, '127.0.0.1');
    assert.ok(readTcpPorts().listening.has(Number(port)));
    ports.push(port);
  }
  assert.equal(ports[0], ports[2]);
  assert.notEqual(ports[0], ports[1]);
  assert.deepEqual([...new Set(dialled)], ['10.0.1.7:2049']);
  const config = await readFile(join(stateDir, 'efs-tunnel/stunnel.conf'), 'utf8');
  assert.match(config, /^checkHost = fs-00000001\.efs\.eu-central-1\.amazonaws\.com$/m);
});

test('a mount through the port of another volume is objected to, and one that cannot be verified as well', {
  skip: noStunnel,
}, async (t) => {
  const { efs } = await openMounter(t);
  const own = request('fs-00000001::fsap-00000001');
  const prepared = await efs.prepare?.(efs.plan(own), own, call);
  const { port = '' } = optionsOf(prepared?.options);
  const other = efs.plan(request('fs-00000001::fsap-00000002'));
  assert.match(
    (await efs.objection?.(other, mounted(port))) ?? '',
    /is that of fs-00000001 with fsap-00000001/,
  );
  assert.match((await efs.objection?.(other, mounted('20001'))) ?? '', /none of this node plugin's tunnel/);
  assert.match(
    (await efs.objection?.(efs.plan(own), mounted(port))) ?? '',
    /does not tell by which connection/,
  );
});

test('without encryption nothing is tunnelled, and the kernel gets the address', async (t) => {
  const { efs } = await openMounter(t);
  const asked = request('fs-00000001', { encryptInTransit: 'false' });
  const prepared = await efs.prepare?.(efs.plan(asked), asked, call);
  assert.deepEqual(prepared?.options, ['addr=10.0.1.7', 'port=2049']);
});

test('with efs-utils only reachability is ours, and no tunnel is opened', async (t) => {
  const { efs, dialled, stateDir } = await openMounter(t, 'efs-utils');
  const asked = request('fs-00000001');
  const prepared = await efs.prepare?.(efs.plan(asked), asked, call);
  assert.deepEqual([prepared?.options, dialled], [undefined, ['10.0.1.7:2049']]);
  assert.deepEqual(await readdir(stateDir), []);
});

test('what mount(8) says becomes a cause that can be acted upon', async (t) => {
  const { efs } = await openMounter(t, 'efs-utils');
  const plan = efs.plan(request('fs-00000001:missing'));
  const failed = (stderr: string) => efs.explainFailure?.(plan, { exitCode: 32, stderr, timedOut: false });
  assert.match(
    failed('mount: /t: special device 127.0.0.1:/missing does not exist.')?.message ?? '',
    /directory "\/missing" does not exist/,
  );
  assert.equal(failed('mount: /t: special device 127.0.0.1:/missing does not exist.')?.code, 'not-found');
  assert.match(
    failed('mount.nfs4: access denied by server while mounting 127.0.0.1:/')?.message ?? '',
    /access denied by server .*policy/,
  );
  assert.equal(failed('something else'), undefined);
  const late = efs.explainFailure?.(plan, { exitCode: undefined, stderr: '', timedOut: true });
  assert.match(late?.message ?? '', /did not finish in time/);
});
