import { get, patch, post, type Scenario } from '../exchange.ts';
import { configMap, configMaps, deployment, deployments, pod, pods, volume, volumes } from './objects.ts';

const one = `${configMaps}/one`;

export const patches: readonly Scenario[] = [
  {
    name: 'patch-json',
    steps: [
      post('created', configMaps, configMap('one', { a: '1', b: '2' }, { labels: { x: 'y' } })),
      patch('add', 'json', one, [{ op: 'add', path: '/data/c', value: '3' }]),
      patch('replace', 'json', one, [{ op: 'replace', path: '/data/c', value: '4' }]),
      patch('remove', 'json', one, [{ op: 'remove', path: '/data/c' }]),
      patch('move', 'json', one, [{ op: 'move', from: '/data/b', path: '/data/moved' }]),
      patch('copy', 'json', one, [{ op: 'copy', from: '/data/a', path: '/data/copied' }]),
      patch('test that holds', 'json', one, [
        { op: 'test', path: '/data/a', value: '1' },
        { op: 'replace', path: '/data/a', value: '9' },
      ]),
      patch('test that fails', 'json', one, [{ op: 'test', path: '/data/a', value: '1' }]),
      patch('key with a slash', 'json', one, [
        { op: 'add', path: '/metadata/annotations', value: {} },
        { op: 'add', path: '/metadata/annotations/example.org~1key', value: '1' },
      ]),
      patch('nothing', 'json', one, []),
      patch('remove what is not there', 'json', one, [{ op: 'remove', path: '/data/none' }]),
      patch('replace what is not there', 'json', one, [{ op: 'replace', path: '/data/none', value: '1' }]),
      patch('add below nothing', 'json', one, [{ op: 'add', path: '/none/below', value: '1' }]),
      patch('unknown operation', 'json', one, [{ op: 'twist', path: '/data/a' }]),
      patch('an object', 'json', one, { op: 'add' }),
      patch('text', 'json', one, 'hello'),
      patch('wrong type', 'json', one, [{ op: 'replace', path: '/data', value: 'x' }]),
      patch('the name', 'json', one, [{ op: 'replace', path: '/metadata/name', value: 'two' }]),
      patch('the uid', 'json', one, [{ op: 'replace', path: '/metadata/uid', value: 'x' }]),
      patch('a fitting version', 'json', one, [
        {
          op: 'replace',
          path: '/metadata/resourceVersion',
          value: '{{key with a slash:metadata.resourceVersion}}',
        },
        { op: 'add', path: '/data/d', value: '1' },
      ]),
      patch('an old version', 'json', one, [
        { op: 'replace', path: '/metadata/resourceVersion', value: '{{created:metadata.resourceVersion}}' },
      ]),
      patch('of nothing', 'json', `${configMaps}/none`, []),
      get('result', one),
    ],
  },
  {
    name: 'patch-merge',
    steps: [
      post('created', configMaps, configMap('one', { a: '1', b: '2' }, { labels: { x: 'y' } })),
      patch('a value', 'merge', one, { data: { a: '2' } }),
      patch('away with null', 'merge', one, { data: { b: null } }),
      patch('a label added', 'merge', one, { metadata: { labels: { z: '1' } } }),
      patch('all labels away', 'merge', one, { metadata: { labels: null } }),
      patch('nothing', 'merge', one, {}),
      patch('null of nothing', 'merge', one, { metadata: { annotations: { none: null } } }),
      patch('unknown field', 'merge', one, { other: 1 }),
      patch('unknown field refused', 'merge', `${one}?fieldValidation=Strict`, { other: 1 }),
      patch('wrong type', 'merge', one, { data: 'x' }),
      patch('a list', 'merge', one, []),
      patch('text', 'merge', one, 'hello'),
      patch('null', 'merge', one, 'null'),
      patch('another kind', 'merge', one, { kind: 'Secret' }),
      patch('another version', 'merge', one, { apiVersion: 'v2' }),
      patch('the name', 'merge', one, { metadata: { name: 'two' } }),
      patch('an old version', 'merge', one, {
        metadata: { resourceVersion: '{{created:metadata.resourceVersion}}' },
      }),
      patch('an invalid label', 'merge', one, { metadata: { labels: { 'a b': 'c d' } } }),
      patch('of nothing', 'merge', `${configMaps}/none`, {}),
      patch('unknown type of patch', 'merge', one, {}, { headers: { 'Content-Type': 'application/json' } }),
      patch('list replaced', 'merge', one, { metadata: { finalizers: ['example.org/a'] } }),
      patch('list replaced again', 'merge', one, { metadata: { finalizers: [] } }),
      get('result', one),
    ],
  },
  {
    name: 'patch-strategic',
    steps: [
      post('created', deployments, deployment('one')),
      patch('container added by name', 'strategic', `${deployments}/one`, {
        spec: { template: { spec: { containers: [{ name: 'side', image: 'alpine' }] } } },
      }),
      patch('container changed by name', 'strategic', `${deployments}/one`, {
        spec: {
          template: { spec: { containers: [{ name: 'main', env: [{ name: 'A', value: '1' }] }] } },
        },
      }),
      patch('order of containers', 'strategic', `${deployments}/one`, {
        spec: {
          template: {
            spec: {
              '$setElementOrder/containers': [{ name: 'side' }, { name: 'main' }],
            },
          },
        },
      }),
      patch('container deleted', 'strategic', `${deployments}/one`, {
        spec: { template: { spec: { containers: [{ name: 'side', $patch: 'delete' }] } } },
      }),
      patch('list replaced', 'strategic', `${deployments}/one`, {
        spec: {
          template: { spec: { containers: [{ $patch: 'replace' }, { name: 'only', image: 'alpine' }] } },
        },
      }),
      patch('retained keys', 'strategic', `${deployments}/one`, {
        spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } },
      }),
      patch('a map replaced', 'strategic', `${deployments}/one`, {
        spec: { template: { metadata: { labels: { $patch: 'replace', app: 'one', new: '1' } } } },
      }),
      patch('without the merge key', 'strategic', `${deployments}/one`, {
        spec: { template: { spec: { containers: [{ image: 'alpine' }] } } },
      }),
      patch('unknown directive', 'strategic', `${deployments}/one`, {
        spec: { template: { spec: { containers: [{ name: 'only', $patch: 'twist' }] } } },
      }),
      patch('wrong type', 'strategic', `${deployments}/one`, { spec: { replicas: 'x' } }),
      patch('unknown field', 'strategic', `${deployments}/one`, { spec: { nothing: 1 } }),
      patch('unknown field refused', 'strategic', `${deployments}/one?fieldValidation=Strict`, {
        spec: { nothing: 1 },
      }),
      patch('text', 'strategic', `${deployments}/one`, 'hello'),
      patch('a list', 'strategic', `${deployments}/one`, []),
      get('result', `${deployments}/one`),
    ],
  },
  {
    name: 'patch-strategic-pod',
    steps: [
      post('created', pods, pod('one', {}, { finalizers: ['example.org/a', 'example.org/b'] })),
      patch('finalizer added', 'strategic', `${pods}/one`, { metadata: { finalizers: ['example.org/c'] } }),
      patch('finalizer deleted', 'strategic', `${pods}/one`, {
        metadata: { '$deleteFromPrimitiveList/finalizers': ['example.org/a'] },
      }),
      patch('condition by type', 'strategic', `${pods}/one/status`, {
        status: { conditions: [{ type: 'Ready', status: 'False' }] },
      }),
      patch('second condition', 'strategic', `${pods}/one/status`, {
        status: { conditions: [{ type: 'Initialized', status: 'True' }] },
      }),
      patch('condition changed', 'strategic', `${pods}/one/status`, {
        status: { conditions: [{ type: 'Ready', status: 'True', reason: 'Why' }] },
      }),
      patch('image', 'strategic', `${pods}/one`, {
        spec: { containers: [{ name: 'main', image: 'alpine' }] },
      }),
      patch('what may not change', 'strategic', `${pods}/one`, { spec: { restartPolicy: 'Never' } }),
      patch('spec by way of status', 'strategic', `${pods}/one/status`, { spec: { nodeName: 'x' } }),
      get('result', `${pods}/one`),
    ],
  },
  {
    name: 'patch-volume',
    steps: [
      post('created', volumes, volume('{{ns}}-a')),
      patch('claim reference', 'merge', `${volumes}/{{ns}}-a`, {
        spec: {
          claimRef: { namespace: '{{ns}}', name: 'claim', kind: 'PersistentVolumeClaim', apiVersion: 'v1' },
        },
      }),
      patch('phase', 'merge', `${volumes}/{{ns}}-a/status`, { status: { phase: 'Bound' } }),
      patch('phase that is none', 'merge', `${volumes}/{{ns}}-a/status`, { status: { phase: 'Odd' } }),
      patch('phase by way of the object', 'merge', `${volumes}/{{ns}}-a`, { status: { phase: 'Failed' } }),
      patch('handle', 'merge', `${volumes}/{{ns}}-a`, { spec: { csi: { volumeHandle: 'other' } } }),
      patch('capacity', 'merge', `${volumes}/{{ns}}-a`, { spec: { capacity: { storage: '8Ti' } } }),
      patch('reclaim policy', 'merge', `${volumes}/{{ns}}-a`, {
        spec: { persistentVolumeReclaimPolicy: 'Delete' },
      }),
      patch('reclaim policy that is none', 'merge', `${volumes}/{{ns}}-a`, {
        spec: { persistentVolumeReclaimPolicy: 'Odd' },
      }),
      patch('volume mode', 'merge', `${volumes}/{{ns}}-a`, { spec: { volumeMode: 'Block' } }),
    ],
  },
];
