import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { kubeconfigConfig } from './kubeconfig.ts';

let directory: string;
let path: string;
const base64 = (text: string) => Buffer.from(text).toString('base64');

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  path = join(directory, 'config');
  const plugin = join(directory, 'plugin.sh');
  await writeFile(
    plugin,
    `#!/bin/sh
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"from-plugin"}}'
`,
    { mode: 0o755 },
  );
  const user = (name: string, value: object) => ({ name, user: value });
  const context = (name: string, value: object) => ({ name, context: { cluster: 'one', ...value } });
  // YAML reads JSON.
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'token',
    clusters: [
      {
        name: 'one',
        cluster: {
          server: 'https://api.example:6443',
          'certificate-authority-data': base64('CA'),
          'tls-server-name': 'kubernetes',
          'proxy-url': 'http://proxy:3128',
        },
      },
    ],
    users: [
      user('token', { token: 'secret-token' }),
      user('certificate', {
        'client-certificate-data': base64('CERT'),
        'client-key-data': base64('KEY'),
      }),
      user('plugin', {
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1',
          command: plugin,
          interactiveMode: 'Never',
        },
      }),
    ],
    contexts: [
      context('token', { user: 'token', namespace: 'team-a' }),
      context('certificate', { user: 'certificate' }),
      context('plugin', { user: 'plugin' }),
      context('nobody', { user: 'missing' }),
    ],
  };
  await writeFile(path, JSON.stringify(config));
});
after(() => rm(directory, { recursive: true }));

const open = (context?: string) => kubeconfigConfig({ path, context, clock: createFakeClock() });

test('server, authority, proxy and namespace come from the current context', async () => {
  const { credentials, ...config } = await open();
  assert.deepEqual(config, {
    server: 'https://api.example:6443',
    namespace: 'team-a',
    ca: 'CA',
    tlsServerName: 'kubernetes',
    proxyUrl: 'http://proxy:3128',
  });
  assert.deepEqual(await credentials(false), { authorization: 'Bearer secret-token' });
});

test('client certificates and exec plugins work, by another context', async () => {
  const certificate = await open('certificate');
  assert.deepEqual(await certificate.credentials(false), { certificate: { cert: 'CERT', key: 'KEY' } });
  assert.equal(certificate.namespace, 'default');
  const plugin = await open('plugin');
  assert.deepEqual(await plugin.credentials(false), { authorization: 'Bearer from-plugin' });
});

test('what is missing is named', async () => {
  await assert.rejects(open('other'), /has no context "other"/);
  await assert.rejects(open('nobody'), /has no user "missing"/);
  await assert.rejects(kubeconfigConfig({ path: join(directory, 'none'), clock: createFakeClock() }), /none/);
});
