import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import {
  type Answer,
  bookmark,
  sendEvents,
  sendJson,
  sendStatus,
  startScriptedApiServer,
} from '../../kube/testing/scripted-api-server.ts';

const main = join(import.meta.dirname, '../main.ts');

/** A plugin as a process of its own, with a socket in a directory that is removed afterwards. */
async function startPlugin(context: TestContext, role: 'controller' | 'node', flags: readonly string[]) {
  const directory = await mkdtemp(join(tmpdir(), 'berth-end-'));
  const socket = join(directory, 'csi.sock');
  const args = [
    '--disable-warning=ExperimentalWarning',
    main,
    role,
    '--endpoint',
    `unix://${socket}`,
    ...flags,
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  context.after(async () => {
    child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });
  return { socket, log: text(child.stderr), ended: endOf(child) };
}

async function endOf(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, 'exit');
  return code;
}

for (const role of ['controller', 'node'] as const)
  test(`a ${role} whose health port is taken ends with the reason and leaves no socket behind`, {
    timeout: 30_000,
  }, async (context) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    context.after(() => taken.close());
    const { port } = taken.address() as AddressInfo;
    const plugin = await startPlugin(context, role, [
      '--health-port',
      `${port}`,
      '--health-address',
      '127.0.0.1',
    ]);
    assert.equal(await plugin.ended, 1);
    assert.match(await plugin.log, /another process uses it/);
    assert(!existsSync(plugin.socket));
  });

test('a controller whose lease went to another ends, so that it is started again', {
  timeout: 30_000,
}, async (context) => {
  const server = await startScriptedApiServer(leaseThatIsTaken());
  context.after(() => server.close());
  const directory = await mkdtemp(join(tmpdir(), 'berth-end-'));
  context.after(() => rm(directory, { recursive: true, force: true }));
  const kubeconfig = join(directory, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf(server.url));
  const plugin = await startPlugin(context, 'controller', ['--kubeconfig', kubeconfig]);
  assert.equal(await plugin.ended, 1);
  assert.match(await plugin.log, /lease .* went to another/);
  assert(!existsSync(plugin.socket));
});

/** An empty cluster in which the first to ask gets the Lease, and has lost it when it renews. */
function leaseThatIsTaken(): Answer {
  const made = new Set<string>();
  return ({ method, path, query }, response) => {
    if (!path.includes('/leases')) {
      if (query.get('watch') === null)
        return sendJson(response, 200, { metadata: { resourceVersion: '1' }, items: [] });
      return sendEvents(response, bookmark('1', true));
    }
    if (method === 'POST') {
      made.add(path);
      return sendJson(response, 201, { metadata: { name: 'lease', resourceVersion: '1' }, spec: {} });
    }
    if (![...made].some((collection) => path.startsWith(collection)))
      return sendStatus(response, 404, 'NotFound');
    sendJson(response, 200, {
      metadata: { name: 'lease', resourceVersion: '2' },
      spec: { holderIdentity: 'another', leaseDurationSeconds: 15 },
    });
  };
}

function kubeconfigOf(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'test', user: { token: 'none' } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  });
}
