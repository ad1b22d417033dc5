import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { at } from '../tables/column.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.close());

const core = '/api/v1/namespaces/default';
const apps = '/apis/apps/v1/namespaces/default';
const post = (path: string, body: object) => server.request('POST', path, body);
const merge = (path: string, body: object) =>
  server.request('PATCH', path, body, { 'Content-Type': 'application/merge-patch+json' });
const pod = (name: string, spec: object = {}, container: object = {}) => ({
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'nginx', ...container }], ...spec },
});

describe('Pod', () => {
  test('has the defaults that kubelets and kubectl rely on', async () => {
    const { body } = await post(`${core}/pods`, pod('defaults'));
    const spec = body.spec as Record<string, unknown>;
    assert.deepEqual(
      [spec.restartPolicy, spec.terminationGracePeriodSeconds, spec.serviceAccountName, spec.dnsPolicy],
      ['Always', 30, 'default', 'ClusterFirst'],
    );
    assert.deepEqual(body.status, { phase: 'Pending', qosClass: 'BestEffort' });
    const pulls = async (name: string, image: string) =>
      at((await post(`${core}/pods`, pod(name, {}, { image }))).body, 'spec.containers.0.imagePullPolicy');
    assert.equal(await pulls('latest', 'a/b:latest'), 'Always');
    assert.equal(await pulls('tagged', 'host:5000/a/b:1.2'), 'IfNotPresent');
    assert.equal(await pulls('untagged', 'host:5000/a/b'), 'Always');
  });

  test('a mount needs its volume, a container its image', async () => {
    const { body } = await post(
      `${core}/pods`,
      pod('bad', {}, { image: '', volumeMounts: [{ name: 'data', mountPath: '/d' }] }),
    );
    assert.equal(
      body.message,
      'Pod "bad" is invalid: [spec.containers[0].image: Required value, spec.containers[0].volumeMounts[0].name: Not found: "data"]',
    );
    assert.match(
      (await post(`${core}/pods`, { metadata: { name: 'empty' } })).body.message ?? '',
      /spec\.containers: Required value/,
    );
  });

  test('of its spec only the image may change, and a binding sets the node once', async () => {
    await post(`${core}/pods`, pod('fixed'));
    const refused = /pod updates may not change fields other than `spec\.containers\[\*\]\.image`/;
    assert.match(
      (await merge(`${core}/pods/fixed`, { spec: { restartPolicy: 'Never' } })).body.message ?? '',
      refused,
    );
    assert.equal((await post(`${core}/pods/fixed/binding`, { target: { name: 'n1' } })).status, 201);
    assert.match(
      (await merge(`${core}/pods/fixed`, { spec: { nodeName: 'n2' } })).body.message ?? '',
      refused,
    );
    const again = await post(`${core}/pods/fixed/binding`, { target: { name: 'n2' } });
    assert.match(again.body.message ?? '', /is already assigned to node "n1"/);
  });

  test('resources decide its quality of service', async () => {
    const both = { limits: { cpu: '1', memory: '1Gi' } };
    const guaranteed = await post(`${core}/pods`, pod('guaranteed', {}, { resources: both }));
    assert.equal(at(guaranteed.body, 'status.qosClass'), 'Guaranteed');
    const burstable = await post(
      `${core}/pods`,
      pod('burstable', {}, { resources: { requests: { cpu: '1' } } }),
    );
    assert.equal(at(burstable.body, 'status.qosClass'), 'Burstable');
  });
});

describe('Deployment and StatefulSet', () => {
  const workload = (name: string, spec: object = {}) => ({
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'i:1' }] } },
      ...spec,
    },
  });

  test('the selector has to match the template, and stays', async () => {
    const wrong = await post(
      `${apps}/deployments`,
      workload('wrong', { selector: { matchLabels: { app: 'x' } } }),
    );
    assert.match(
      wrong.body.message ?? '',
      /spec\.template\.metadata\.labels: Invalid value: \{"app":"wrong"\}: `selector` does not match template `labels`/,
    );
    await post(`${apps}/deployments`, workload('d'));
    const { body } = await server.request('GET', `${apps}/deployments/d`);
    assert.deepEqual(at(body, 'spec.strategy'), {
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
    });
    assert.equal(at(body, 'spec.replicas'), 1);
    const changed = {
      spec: { selector: { matchLabels: { app: 'y' } }, template: { metadata: { labels: { app: 'y' } } } },
    };
    assert.match(
      (await merge(`${apps}/deployments/d`, changed)).body.message ?? '',
      /spec\.selector: Invalid value: .*: field is immutable/,
    );
  });

  test('a StatefulSet keeps its claims', async () => {
    const volumeClaimTemplates = [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ];
    const set = workload('s', { serviceName: 's', volumeClaimTemplates });
    // Its pods have a volume of the claim template's name.
    Object.assign(set.spec.template.spec.containers[0] ?? {}, {
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
    });
    assert.equal((await post(`${apps}/statefulsets`, set)).status, 201);
    assert.equal((await merge(`${apps}/statefulsets/s`, { spec: { replicas: 3 } })).status, 200);
    const { body } = await merge(`${apps}/statefulsets/s`, { spec: { volumeClaimTemplates: [] } });
    assert.match(
      body.message ?? '',
      /updates to statefulset spec for fields other than 'replicas', .* and 'minReadySeconds' are forbidden/,
    );
  });
});

describe('Secret, ConfigMap and Service', () => {
  test('stringData goes into data', async () => {
    const { body } = await post(`${core}/secrets`, {
      metadata: { name: 's' },
      stringData: { a: 'geheim' },
      data: { b: 'Yg==' },
    });
    assert.deepEqual(
      [body.data, body.stringData, body.type],
      [{ a: 'Z2VoZWlt', b: 'Yg==' }, undefined, 'Opaque'],
    );
  });

  test('an immutable one stays as it is, a TLS secret needs both keys', async () => {
    await post(`${core}/configmaps`, { metadata: { name: 'i' }, data: { a: '1' }, immutable: true });
    assert.match(
      (await merge(`${core}/configmaps/i`, { data: { a: '2' } })).body.message ?? '',
      /data: Forbidden: field is immutable when `immutable` is set/,
    );
    const tls = await post(`${core}/secrets`, {
      metadata: { name: 'tls' },
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': 'YQ==' },
    });
    assert.match(tls.body.message ?? '', /data\[tls\.key\]: Required value/);
  });

  test('services get addresses of their own', async () => {
    const service = (name: string) => ({ metadata: { name }, spec: { ports: [{ port: 80 }] } });
    const [one, two] = await Promise.all([
      post(`${core}/services`, service('one')),
      post(`${core}/services`, service('two')),
    ]);
    const addresses = [one, two].map(({ body }) => String(at(body, 'spec.clusterIP')));
    assert.ok(addresses.every((address) => address.startsWith('10.96.')));
    assert.notEqual(addresses[0], addresses[1]);
    assert.equal((await merge(`${core}/services/one`, { metadata: { labels: { a: 'b' } } })).status, 200);
  });
});
