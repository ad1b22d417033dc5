import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { getCACertificates } from 'node:tls';
import { CloudConfigError } from './cloud-config-error.ts';
import { createHttpsAgent } from './https-agent.ts';

async function pemFile(t: { after(done: () => Promise<void>): void }, text: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-agent-'));
  t.after(() => rm(directory, { recursive: true }));
  const file = join(directory, 'ca.pem');
  await writeFile(file, text);
  return file;
}

test('what is trusted is no part of the key of a connection, which is made anew for each request', async (t) => {
  const [authority = ''] = getCACertificates('bundled');
  const agent = await createHttpsAgent({}, await pemFile(t, authority));
  assert.doesNotMatch(agent.getName({ ...agent.options, host: 'efs', port: 443 }), /CERTIFICATE/);
  assert.notEqual(agent.options.secureContext, undefined);
});

test('a file without a certificate is refused by its name', async (t) => {
  const file = await pemFile(t, 'nothing of use');
  await assert.rejects(createHttpsAgent({}, file), (error) => {
    assert.ok(error instanceof CloudConfigError);
    assert.ok(error.message.includes(file));
    return true;
  });
});
