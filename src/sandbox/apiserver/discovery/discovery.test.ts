import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { at } from '../tables/column.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.close());

const get = async (path: string, headers: Record<string, string> = {}) =>
  (await server.request('GET', path, undefined, headers)).body;

interface Aggregated {
  readonly metadata: { readonly name: string };
  readonly versions: {
    version: string;
    resources: { resource: string; subresources?: { subresource: string }[] }[];
  }[];
}

describe('discovery', () => {
  test('in one document, in the version the client prefers', async () => {
    const accept = (version: string) =>
      `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList,application/json`;
    const answer = await server.request('GET', '/api', undefined, { Accept: accept('v2') });
    assert.equal(
      answer.headers['content-type'],
      'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    );
    const [core] = answer.body.items as unknown as Aggregated[];
    const pods = core?.versions[0]?.resources.find(({ resource }) => resource === 'pods');
    assert.deepEqual(
      pods?.subresources?.map(({ subresource }) => subresource),
      ['status', 'log', 'exec', 'binding'],
    );
    const groups = (await get('/apis', { Accept: accept('v2beta1') })).items as unknown as Aggregated[];
    assert.ok(groups.some(({ metadata }) => metadata.name === 'storage.k8s.io'));
  });

  test('group by group for older clients', async () => {
    assert.equal((await get('/api')).kind, 'APIVersions');
    const { groups } = (await get('/apis')) as unknown as { groups: { name: string }[] };
    assert.ok(groups.some(({ name }) => name === 'apps'));
    const { resources } = (await get('/api/v1')) as unknown as {
      resources: { name: string; shortNames?: string[] }[];
    };
    assert.deepEqual(resources.find(({ name }) => name === 'persistentvolumeclaims')?.shortNames, ['pvc']);
    assert.ok(resources.some(({ name }) => name === 'pods/log'));
    assert.equal((await server.request('GET', '/apis/batch/v1')).status, 404);
  });
});

describe('OpenAPI', () => {
  test('v3 has an index, and schemas whose references lead somewhere', async () => {
    const index = (await get('/openapi/v3')) as unknown as {
      paths: Record<string, { serverRelativeURL: string }>;
    };
    const { serverRelativeURL } = index.paths['apis/apps/v1'] ?? assert.fail();
    const document = (await get(serverRelativeURL)) as unknown as {
      components: { schemas: Record<string, object> };
    };
    const { schemas } = document.components;
    const references = [...JSON.stringify(schemas).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name = '']) => name,
    );
    assert.ok(references.length > 100);
    for (const name of references) assert.ok(schemas[name], name);
    assert.deepEqual(at(schemas, 'V1Deployment.x-kubernetes-group-version-kind'), [
      { group: 'apps', version: 'v1', kind: 'Deployment' },
    ]);
    assert.equal(at(schemas, 'V1PodSpec.properties.containers.x-kubernetes-patch-merge-key'), 'name');
  });

  test('v3 tells kubectl that patches are validated, and which it may send', async () => {
    const { paths } = (await get('/openapi/v3/api/v1')) as unknown as { paths: Record<string, object> };
    const patch = at(paths['/api/v1/namespaces/{namespace}/pods/{name}'], 'patch') as {
      parameters: { name: string }[];
    };
    assert.ok(patch.parameters.some(({ name }) => name === 'fieldValidation'));
    assert.ok(
      Object.keys(at(patch, 'requestBody.content') as object).includes(
        'application/strategic-merge-patch+json',
      ),
    );
  });

  test('v2 is there as JSON, and as the protobuf that kubectl asks for', async () => {
    assert.equal((await get('/openapi/v2')).swagger, '2.0');
    const ask = (accept: string) => server.request('GET', '/openapi/v2', undefined, { Accept: accept });
    const protobuf = await ask('application/com.github.proto-openapi.spec.v2@v1.0+protobuf');
    assert.equal(protobuf.status, 200);
    assert.equal((await ask('image/png')).status, 406);
  });
});

describe('reviews', () => {
  test('say who asks and that everything is allowed', async () => {
    const self = await server.request('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {});
    assert.equal(at(self.body, 'status.userInfo.username'), 'admin');
    const access = await server.request('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      spec: {},
    });
    assert.equal(at(access.body, 'status.allowed'), true);
    const token = await server.request('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
      spec: { token: 'nonsense' },
    });
    assert.equal(at(token.body, 'status.authenticated'), undefined);
    assert.ok(!token.text.includes('nonsense'), 'a token is not sent back');
  });
});
