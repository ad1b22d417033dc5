import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../async/clock.ts';
import { kubeconfigConfig } from '../../kube/kubeconfig.ts';
import { isRunning, type ProcessRecord } from '../../mount/process-record.ts';
import { prepareControlPlaneFiles } from './control-plane-files.ts';
import { startControlPlane } from './start-control-plane.ts';

async function scratch(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-cp-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function script(directory: string, name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return path;
}

test('a program that keeps ending fails the start with its last words, and nothing is left running', async (t) => {
  const directory = await scratch(t);
  const etcd = await script(directory, 'etcd', 'echo "etcd: no space left" >&2; exit 1');
  const started: ProcessRecord[] = [];
  const starting = startControlPlane({
    directory: join(directory, 'state'),
    programs: { etcd, kubeApiserver: etcd },
    onStart: (_name, record) => started.push(record),
  });
  await assert.rejects(starting, /etcd does not become ready[\s\S]*etcd: no space left/);
  assert.deepEqual(started.filter(isRunning), []);
});

test('a binary that is not there is named', async (t) => {
  const directory = await scratch(t);
  const absent = join(directory, 'absent');
  const starting = startControlPlane({ directory, programs: { etcd: absent, kubeApiserver: absent } });
  await assert.rejects(starting, { message: `${absent} is not a program that can be started` });
});

const users = [
  { name: 'system:node:node1', groups: ['system:nodes', 'others'] },
  { name: 'visitor', groups: [] },
];
const prepare = (directory: string) =>
  prepareControlPlaneFiles({ directory, host: '127.0.0.1', port: 6443, users });

test('every user has a kubeconfig with a token of its own, readable by the owner only', async (t) => {
  const directory = await scratch(t);
  const files = await prepare(directory);
  const path = files.kubeconfigOf('system:node:node1');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const config = await kubeconfigConfig({ path, clock: systemClock });
  assert.equal(config.server, 'https://127.0.0.1:6443');
  assert.equal(config.ca, files.caCertificate);
  const { authorization } = await config.credentials(false);
  assert.equal(authorization, `Bearer ${files.tokenOf('system:node:node1')}`);
  assert.notEqual(files.tokenOf('system:node:node1'), files.tokenOf('visitor'));
  const [line] = (await readFile(files.tokenFile, 'utf8')).split('\n');
  assert.equal(
    line,
    `${files.tokenOf('system:node:node1')},system:node:node1,system:node:node1,"system:nodes,others"`,
  );
});

test('a second start keeps tokens and the key that signs service accounts, or their holders would be locked out', async (t) => {
  const directory = await scratch(t);
  const first = await prepare(directory);
  const key = await readFile(first.serviceAccountKey, 'utf8');
  const second = await prepare(directory);
  assert.equal(second.tokenOf('visitor'), first.tokenOf('visitor'));
  assert.equal(await readFile(second.serviceAccountKey, 'utf8'), key);
  assert.match(key, /BEGIN EC PRIVATE KEY/);
});
