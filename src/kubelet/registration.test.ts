import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { EndpointError } from '../csi/grpc/endpoint.ts';
import { silentLog } from '../telemetry/log.ts';
import { InfoRequest, PluginInfo, RegistrationStatus } from './gen/pluginregistration.ts';
import { startRegistration } from './registration.ts';

const driver = 'azurelustre.csi.azure.com';
const endpoint = `/var/lib/kubelet/plugins/${driver}/csi.sock`;

async function offered(t: TestContext) {
  const registrationDir = await mkdtemp(join(tmpdir(), 'berth-registry-'));
  t.after(() => rm(registrationDir, { recursive: true }));
  const options = { driver, registrationDir, endpoint, log: silentLog };
  const socket = join(registrationDir, `${driver}-reg.sock`);
  return { options, socket };
}

async function started(t: TestContext) {
  const { options, socket } = await offered(t);
  const registration = await startRegistration(options);
  t.after(() => registration.close());
  const kubelet = new Client(`unix://${socket}`, credentials.createInsecure());
  t.after(() => kubelet.close());
  return { options, socket, registration, kubelet };
}

/** Calls by the wire names that kubelet uses. */
function call(kubelet: Client, method: string, request: Uint8Array): Promise<Buffer> {
  const path = `/pluginregistration.Registration/${method}`;
  const raw = (bytes: Buffer) => bytes;
  return new Promise((resolve, reject) =>
    kubelet.makeUnaryRequest(
      path,
      raw,
      raw,
      Buffer.from(request),
      (error: ServiceError | null, answer?: Buffer) =>
        error === null && answer !== undefined ? resolve(answer) : reject(error),
    ),
  );
}

const notify = (kubelet: Client, status: RegistrationStatus) =>
  call(kubelet, 'NotifyRegistrationStatus', RegistrationStatus.encode(status).finish());

test("kubelet learns the driver's name and its socket on the host", async (t) => {
  const { kubelet } = await started(t);
  const info = PluginInfo.decode(await call(kubelet, 'GetInfo', InfoRequest.encode({}).finish()));
  assert.deepEqual(info, { type: 'CSIPlugin', name: driver, endpoint, supportedVersions: ['1.0.0'] });
});

test("kubelet's yes is known", async (t) => {
  const { kubelet, registration } = await started(t);
  await notify(kubelet, { pluginRegistered: true, error: '' });
  await registration.registered;
});

test("kubelet's no is known with its reason, the first time and after a restart of kubelet", async (t) => {
  for (const before of [[], [{ pluginRegistered: true, error: '' }]]) {
    const { kubelet, registration } = await started(t);
    for (const status of before) await notify(kubelet, status);
    await notify(kubelet, { pluginRegistered: false, error: 'node id too long' });
    assert.match(
      (await registration.refused).message,
      /did not register azurelustre\.csi.*: node id too long/,
    );
    if (before.length === 0) await assert.rejects(registration.registered, /node id too long/);
  }
});

test('only the owner may open the socket, and the umask of the process stays', async (t) => {
  const before = process.umask();
  const { socket } = await started(t);
  assert.equal(statSync(socket).mode & 0o077, 0);
  assert.equal(process.umask(), before);
});

test('the socket goes with the registration', async (t) => {
  const { options, socket } = await offered(t);
  const registration = await startRegistration(options);
  await registration.close();
  assert.ok(!existsSync(socket));
  await registration.close();
});

test('a socket that a killed plugin left is replaced; one that is served is not', async (t) => {
  const { options, socket } = await offered(t);
  const dying = `require('net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', dying]);
  assert.ok(existsSync(socket));
  const registration = await startRegistration(options);
  await assert.rejects(startRegistration(options), EndpointError);
  assert.ok(existsSync(socket));
  await registration.close();
});
