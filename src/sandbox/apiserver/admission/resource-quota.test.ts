import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.close());

async function namespaceWith(name: string, hard: Record<string, string>): Promise<string> {
  await server.request('POST', '/api/v1/namespaces', { metadata: { name } });
  const path = `/api/v1/namespaces/${name}`;
  const { status } = await server.request('POST', `${path}/resourcequotas`, {
    metadata: { name: 'quota' },
    spec: { hard },
  });
  assert.equal(status, 201);
  return path;
}

const claim = (name: string, storage = '48Ti', storageClassName = 'lustre') => ({
  metadata: { name },
  spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage } }, storageClassName },
});
const perClass = 'lustre.storageclass.storage.k8s.io';

describe('ResourceQuota', () => {
  test('counts claims of one class and refuses the next one in the words of Kubernetes', async () => {
    const claims = `${await namespaceWith('count', { [`${perClass}/persistentvolumeclaims`]: '1' })}/persistentvolumeclaims`;
    assert.equal((await server.request('POST', claims, claim('a'))).status, 201);
    const { status, body } = await server.request('POST', claims, claim('b'));
    const key = `${perClass}/persistentvolumeclaims`;
    assert.equal(status, 403);
    assert.equal(
      body.message,
      `persistentvolumeclaims "b" is forbidden: exceeded quota: quota, requested: ${key}=1, used: ${key}=1, limited: ${key}=1`,
    );
    assert.equal(
      (await server.request('POST', claims, claim('c', '1Gi', 'other'))).status,
      201,
      'another class is free',
    );
  });

  test('adds up sizes', async () => {
    const claims = `${await namespaceWith('size', { 'requests.storage': '100Ti' })}/persistentvolumeclaims`;
    assert.equal((await server.request('POST', claims, claim('a'))).status, 201);
    assert.equal((await server.request('POST', claims, claim('b'))).status, 201);
    const { body } = await server.request('POST', claims, claim('c'));
    assert.match(
      body.message ?? '',
      /requested: requests\.storage=48Ti, used: requests\.storage=96Ti, limited: requests\.storage=100Ti$/,
    );
  });

  test('of many creates at once, only as many pass as it allows', async () => {
    const claims = `${await namespaceWith('race', { persistentvolumeclaims: '3' })}/persistentvolumeclaims`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => server.request('POST', claims, claim(`c${index}`))),
    );
    assert.equal(answers.filter(({ status }) => status === 201).length, 3);
    assert.equal(answers.filter(({ status }) => status === 403).length, 17);
  });

  test('what is deleted counts no more, a finished pod neither', async () => {
    const path = await namespaceWith('free', { pods: '1', 'count/configmaps': '1' });
    const pod = (name: string) => ({ metadata: { name }, spec: { containers: [{ name: 'c', image: 'i' }] } });
    await server.request('POST', `${path}/pods`, pod('a'));
    assert.equal((await server.request('POST', `${path}/pods`, pod('b'))).status, 403);
    const ended = { status: { phase: 'Succeeded' } };
    await server.request('PATCH', `${path}/pods/a/status`, ended, {
      'Content-Type': 'application/merge-patch+json',
    });
    assert.equal((await server.request('POST', `${path}/pods`, pod('b'))).status, 201);
    await server.request('POST', `${path}/configmaps`, { metadata: { name: 'a' } });
    await server.request('DELETE', `${path}/configmaps/a`);
    assert.equal(
      (await server.request('POST', `${path}/configmaps`, { metadata: { name: 'b' } })).status,
      201,
    );
  });

  test('where it limits CPU, each container has to say how much it takes', async () => {
    const pods = `${await namespaceWith('cpu', { 'requests.cpu': '1' })}/pods`;
    const pod = (name: string, resources: object) => ({
      metadata: { name },
      spec: { containers: [{ name: 'c', image: 'i', resources }] },
    });
    const silent = await server.request('POST', pods, pod('silent', {}));
    assert.equal(
      silent.body.message,
      'pods "silent" is forbidden: failed quota: quota: must specify requests.cpu for: c',
    );
    assert.equal(
      (await server.request('POST', pods, pod('half', { requests: { cpu: '500m' } }))).status,
      201,
    );
    const more = await server.request('POST', pods, pod('more', { requests: { cpu: '600m' } }));
    assert.match(
      more.body.message ?? '',
      /requested: requests\.cpu=600m, used: requests\.cpu=500m, limited: requests\.cpu=1$/,
    );
  });
  test('with scopes is refused, not half obeyed', async () => {
    const quota = { metadata: { name: 'scoped' }, spec: { hard: { pods: '1' }, scopes: ['NotTerminating'] } };
    const { status, body } = await server.request('POST', '/api/v1/namespaces/default/resourcequotas', quota);
    assert.equal(status, 422);
    assert.match(
      body.message ?? '',
      /spec\.scopes: Forbidden: the sandbox enforces quotas without scopes only/,
    );
  });
});
