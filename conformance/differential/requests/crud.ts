import { del, get, post, put, type Scenario } from '../exchange.ts';
import { configMap, configMaps } from './objects.ts';

export const crud: readonly Scenario[] = [
  {
    name: 'crud-config-map',
    steps: [
      get('missing', `${configMaps}/none`),
      post('created', configMaps, configMap('one')),
      get('read', `${configMaps}/one`),
      post('created again', configMaps, configMap('one')),
      post('without kind and version', configMaps, { metadata: { name: 'two' }, data: { b: '2' } }),
      post('generated name', configMaps, { metadata: { generateName: 'a-generated-' } }),
      post('generated name that is too long', configMaps, {
        metadata: { generateName: `${'x'.repeat(47)}-generated-cut-off-` },
        data: {},
      }),
      post('both names', configMaps, { metadata: { name: 'three', generateName: 'a-generated-' } }),
      put('replaced', `${configMaps}/one`, configMap('one', { a: '2' })),
      put('replaced by the same', `${configMaps}/one`, configMap('one', { a: '2' })),
      put(
        'replaced at an old version',
        `${configMaps}/one`,
        configMap('one', { a: '3' }, { resourceVersion: '{{created:metadata.resourceVersion}}' }),
      ),
      put(
        'replaced at its version',
        `${configMaps}/one`,
        configMap('one', { a: '3' }, { resourceVersion: '{{replaced:metadata.resourceVersion}}' }),
      ),
      put(
        'replaced with another uid',
        `${configMaps}/one`,
        configMap('one', { a: '3' }, { uid: '00000000-0000-0000-0000-000000000000' }),
      ),
      put('replaced under another name', `${configMaps}/one`, configMap('other')),
      put('replaced without a name', `${configMaps}/one`, { data: { a: '4' } }),
      put(
        'replaced in another namespace',
        `${configMaps}/one`,
        configMap('one', {}, { namespace: 'default' }),
      ),
      put('replaced but missing', `${configMaps}/none`, configMap('none')),
      put(
        'replaced at a version that is no number',
        `${configMaps}/one`,
        configMap('one', {}, { resourceVersion: 'x' }),
      ),
      put('deletionTimestamp is not the client’s', `${configMaps}/one`, {
        ...configMap('one', { a: '5' }, { deletionTimestamp: '2020-01-01T00:00:00Z', generation: 7 }),
      }),
      post('created with a version', configMaps, configMap('versioned', {}, { resourceVersion: '5' })),
      post(
        'server’s own fields are not the client’s',
        configMaps,
        configMap(
          'own',
          {},
          {
            uid: '00000000-0000-0000-0000-000000000000',
            creationTimestamp: '2020-01-01T00:00:00Z',
            selfLink: '/x',
            generation: 9,
          },
        ),
      ),
      del('deleted', `${configMaps}/one`),
      del('deleted again', `${configMaps}/one`),
      get('gone', `${configMaps}/one`),
      post('into a namespace that is not there', '/api/v1/namespaces/nowhere/configmaps', configMap('one')),
      get('of a namespace that is not there', '/api/v1/namespaces/nowhere/configmaps/one'),
      get('list of a namespace that is not there', '/api/v1/namespaces/nowhere/configmaps'),
      post('into another namespace', configMaps, configMap('x', {}, { namespace: 'default' })),
    ],
  },
  {
    name: 'crud-methods',
    steps: [
      post('post on an object', `${configMaps}/one`, configMap('one')),
      put('put on a collection', configMaps, configMap('one')),
      { name: 'patch on a collection', method: 'PATCH', path: configMaps, body: {} },
      get('unknown resource', '/api/v1/namespaces/{{ns}}/nothings'),
      get('unknown group', '/apis/example.org/v1/nothings'),
      get('unknown version', '/apis/apps/v1beta1/deployments'),
      get('unknown subresource', `${configMaps}/one/status`),
      get('cluster resource in a namespace', '/api/v1/namespaces/{{ns}}/persistentvolumes'),
      post('namespaced resource without a namespace', '/api/v1/configmaps', configMap('one')),
      del('delete all namespaces at once', '/api/v1/namespaces'),
      get('unknown root', '/nothing'),
      get('invalid name in the path', `${configMaps}/A%20b`),
    ],
  },
];
