import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { inClusterConfig, isInCluster } from './in-cluster.ts';

let directory: string;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'serviceaccount-'));
  await writeFile(join(directory, 'namespace'), 'berth-system\n');
  await writeFile(join(directory, 'ca.crt'), 'CA');
});
after(() => rm(directory, { recursive: true }));

const environment = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };

test("a pod finds its server, namespace and authority in its service account's files", async () => {
  await writeFile(join(directory, 'token'), 'one\n');
  const config = await inClusterConfig(environment, createFakeClock(), directory);
  assert.equal(config.server, 'https://10.96.0.1:443');
  assert.equal(config.namespace, 'berth-system');
  assert.equal(config.ca, 'CA');
  assert.deepEqual(await config.credentials(false), { authorization: 'Bearer one' });
});

test('a token that the kubelet has renewed is read within a minute, and at once after a 401', async () => {
  const clock = createFakeClock();
  const token = (value: string) => writeFile(join(directory, 'token'), value);
  await token('one');
  const { credentials } = await inClusterConfig(environment, clock, directory);
  await token('two');
  assert.deepEqual(await credentials(false), { authorization: 'Bearer one' });
  await clock.advance(60_000);
  assert.deepEqual(await credentials(false), { authorization: 'Bearer two' });
  await token('three');
  assert.deepEqual(await credentials(true), { authorization: 'Bearer three' });
});

test('an IPv6 cluster is addressed in brackets', async () => {
  const ipv6 = { ...environment, KUBERNETES_SERVICE_HOST: 'fd00::1' };
  const { server } = await inClusterConfig(ipv6, createFakeClock(), directory);
  assert.equal(server, 'https://[fd00::1]:443');
});

test('outside of a cluster it says what to give instead', async () => {
  assert.equal(isInCluster({}), false);
  await assert.rejects(
    inClusterConfig({}, createFakeClock(), directory),
    /not in a cluster: .* --kubeconfig/,
  );
});
