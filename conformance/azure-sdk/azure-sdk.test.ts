import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { startAzureCloud } from '../../src/sandbox/clouds/azure/start-azure-cloud.ts';
import { openAuthority } from '../../src/sandbox/pki/authority.ts';
import { preparePython } from './python-environment.ts';

/** A creation then takes 1.2 s: longer than the second between two polls, or nothing would be seen on its way. */
const TIME_SCALE = 600;

interface Result {
  readonly check: string;
  readonly error?: string;
  readonly skipped?: string | null;
}

/** A cloud of its own on real time; what the Python side needs to reach it. */
async function startCloud(t: TestContext): Promise<string> {
  const stateDir = await mkdtemp(join(tmpdir(), 'berth-azure-sdk-'));
  const authority = await openAuthority(join(stateDir, 'pki'));
  const tls = await authority.issue({
    commonName: 'arm',
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
  });
  const cloud = await startAzureCloud({ stateDir, tls, timeScale: TIME_SCALE, pageSize: 5 });
  t.after(async () => {
    await cloud.close();
    await rm(stateDir, { recursive: true, force: true });
  });
  const { url, subscriptionId, resourceGroup, location, vnet, subnet, controlToken } = cloud;
  const { caFile } = authority;
  return JSON.stringify({
    url,
    caFile,
    subscriptionId,
    resourceGroup,
    location,
    vnet,
    subnet,
    controlToken,
  });
}

test('Microsoft’s Python libraries work against the simulated Azure', async (t) => {
  const environment = await preparePython();
  if ('missing' in environment) return t.skip(environment.missing);

  const script = join(import.meta.dirname, 'azure_sdk_checks.py');
  const child = spawn(environment.python, ['-B', script], {
    env: { PATH: process.env.PATH, BERTH_ARM: await startCloud(t) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const exit = once(child, 'exit');
  let plan: readonly string[] = [];
  const seen: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    const message: Result | { readonly plan: readonly string[] } = JSON.parse(line);
    if ('plan' in message) plan = message.plan;
    else {
      seen.push(message.check);
      await t.test(message.check.replaceAll('_', ' '), (each) => {
        if (message.skipped) return each.skip(message.skipped);
        assert.ok(message.error === undefined, message.error);
      });
    }
  }
  const [status] = await exit;
  assert.equal(status, 0, said);
  assert.ok(plan.length > 20, said);
  assert.deepEqual(seen.sort(), [...plan].sort());
});
