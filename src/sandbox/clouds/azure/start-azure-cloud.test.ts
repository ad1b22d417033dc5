import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { startAzureCloud } from './start-azure-cloud.ts';
import { filesystemRequest, filesystems } from './testing/filesystem-requests.ts';
import { startTestCloud, type TestCloud } from './testing/start-test-cloud.ts';

const MINUTE = 60_000;
const path = `${filesystems}/pvc-1`;
const put = (cloud: TestCloud) => cloud.call('PUT', path, { body: filesystemRequest() });

test('an operation goes on through a restart and ends at the time it would have', async (t) => {
  const cloud = await startTestCloud(t);
  const operation = String((await put(cloud)).headers['azure-asyncoperation']);
  await cloud.clock.advance(6 * MINUTE);
  await cloud.restart();
  const path = new URL(operation).pathname;
  assert.deepEqual((await cloud.call('GET', path)).at('percentComplete'), 49);
  await cloud.clock.advance(6 * MINUTE);
  assert.equal((await cloud.call('GET', path)).at('status'), 'Succeeded');
});

test('what would have ended while it was stopped has ended when it starts', async (t) => {
  const cloud = await startTestCloud(t);
  await put(cloud);
  await cloud.clock.advance(MINUTE);
  await cloud.cloud.close();
  await cloud.clock.advance(20 * MINUTE);
  await cloud.restart();
  const made = await cloud.call('GET', path);
  assert.equal(made.at('properties.provisioningState'), 'Succeeded');
  const serving = cloud.cloud.filesystems.serving().find(({ name }) => name === 'pvc-1');
  assert.equal(serving?.mgsAddress, made.at('properties.clientInfo.mgsAddress'));
  assert.ok(existsSync(String(serving?.dataDirectory)));
});

test('a state keeps the subscription it was made with', async (t) => {
  const cloud = await startTestCloud(t);
  const { subscriptionId } = cloud.cloud;
  await cloud.restart({ subscriptionId: '00000000-0000-0000-0000-000000000001' });
  assert.equal(cloud.cloud.subscriptionId, subscriptionId);
  assert.equal((await put(cloud)).status, 201);
});

test('secrets and state are readable by their owner only', async (t) => {
  const { stateDir } = await startTestCloud(t);
  for (const file of ['azure.db', 'azure-control-token']) {
    assert.equal(statSync(join(stateDir, file)).mode & 0o777, 0o600, file);
  }
});

test('a port that is taken is an error, and leaves the state free for another start', async (t) => {
  const cloud = await startTestCloud(t);
  const other = await startTestCloud(t);
  const port = Number(new URL(other.cloud.url).port);
  await assert.rejects(cloud.restart({ port }), { code: 'EADDRINUSE' });
  await cloud.restart();
  assert.equal((await cloud.call('GET', filesystems)).status, 200);
});

/** Starts a cloud of its own in another process, on real time, and gives its URL. */
async function startChild(stateDir: string, tls: object): Promise<{ child: ChildProcess; url: string }> {
  const script = `
    import { startAzureCloud } from ${JSON.stringify(import.meta.resolve('./start-azure-cloud.ts'))};
    const cloud = await startAzureCloud({ ...JSON.parse(process.env.OPTIONS), timeScale: 360 });
    console.log(cloud.url);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { OPTIONS: JSON.stringify({ stateDir, tls }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = await once(createInterface(child.stdout), 'line');
  return { child, url: String(url) };
}

test('a kill -9 in the middle of a creation loses nothing: one file system, made once', async (t) => {
  const cloud = await startTestCloud(t);
  await cloud.cloud.close();
  const first = await startChild(cloud.stateDir, cloud.tls);
  t.after(() => first.child.kill('SIGKILL'));
  const accepted = await cloud.call('PUT', `${first.url}${path}`, { body: filesystemRequest() });
  assert.equal(accepted.status, 201);
  const exited = once(first.child, 'exit');
  first.child.kill('SIGKILL');
  await exited;

  const second = await startAzureCloud({ stateDir: cloud.stateDir, tls: cloud.tls, timeScale: 360 });
  t.after(() => second.close());
  const operation = `${second.url}${new URL(String(accepted.headers['azure-asyncoperation'])).pathname}`;
  const repeated = await cloud.call('PUT', `${second.url}${path}`, { body: filesystemRequest() });
  assert.equal(repeated.status, 200);
  await new Promise<void>((resolve) => {
    second.filesystems.onChange((serving) => serving.some(({ name }) => name === 'pvc-1') && resolve());
  });
  let status = await cloud.call('GET', operation);
  while (status.at('status') === 'InProgress') status = await cloud.call('GET', operation);
  assert.equal(status.at('status'), 'Succeeded');
  assert.equal((await cloud.call('GET', `${second.url}${filesystems}`)).at('value.length'), 2);
});
