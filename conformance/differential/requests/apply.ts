import { get, patch, post, put, type Scenario } from '../exchange.ts';
import { configMap, configMaps, deployment, deployments, pod, pods } from './objects.ts';

const compare = { managedFields: true } as const;
const one = `${configMaps}/one`;
const by = (manager: string, more = '') => `?fieldManager=${manager}${more}`;

export const apply: readonly Scenario[] = [
  {
    name: 'apply-config-map',
    steps: [
      patch('creates', 'apply', one + by('a'), configMap('one', { a: '1', b: '2' }), { compare }),
      patch('the same again', 'apply', one + by('a'), configMap('one', { a: '1', b: '2' }), { compare }),
      patch('leaves a field out', 'apply', one + by('a'), configMap('one', { a: '1' }), { compare }),
      patch('second manager', 'apply', one + by('b'), configMap('one', { c: '3' }), { compare }),
      patch('shares a field', 'apply', one + by('b'), configMap('one', { a: '1', c: '3' }), { compare }),
      patch('conflicts', 'apply', one + by('b'), configMap('one', { a: '9', c: '3' })),
      patch('forces', 'apply', one + by('b', '&force=true'), configMap('one', { a: '9', c: '3' }), {
        compare,
      }),
      patch('conflicts on two fields', 'apply', one + by('c'), configMap('one', { a: '1', c: '1' })),
      patch('gives everything up', 'apply', one + by('b'), configMap('one', {}), { compare }),
      patch('of another manager’s merge patch', 'merge', one + by('m'), { data: { m: '1' } }, { compare }),
      patch('conflicts with the merge patch', 'apply', one + by('a'), configMap('one', { m: '2' })),
      patch(
        'by yaml',
        'apply',
        one + by('y'),
        'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\ndata:\n  y: "1"\n',
        {
          compare,
        },
      ),
      patch('dry run', 'apply', one + by('d', '&dryRun=All'), configMap('one', { d: '1' }), { compare }),
      get('result', one, { compare }),
    ],
  },
  {
    name: 'apply-refusals',
    steps: [
      post('created', configMaps, configMap('one')),
      patch('no manager', 'apply', one, configMap('one')),
      patch('empty manager', 'apply', one + by(''), configMap('one')),
      patch('manager of 129 characters', 'apply', one + by('x'.repeat(129)), configMap('one')),
      patch('no kind', 'apply', one + by('a'), { apiVersion: 'v1', metadata: { name: 'one' } }),
      patch('no version', 'apply', one + by('a'), { kind: 'ConfigMap', metadata: { name: 'one' } }),
      patch('another name', 'apply', one + by('a'), configMap('two')),
      patch('no name', 'apply', one + by('a'), { apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } }),
      patch('another kind', 'apply', one + by('a'), { ...configMap('one'), kind: 'Secret' }),
      patch(
        'managed fields of its own',
        'apply',
        one + by('a'),
        configMap('one', {}, { managedFields: [{ manager: 'x' }] }),
      ),
      patch('an old version', 'apply', one + by('a'), configMap('one', { z: '1' }, { resourceVersion: '1' })),
      patch(
        'another uid',
        'apply',
        one + by('a'),
        configMap('one', {}, { uid: '00000000-0000-0000-0000-000000000000' }),
      ),
      patch('unknown field', 'apply', one + by('a'), { ...configMap('one'), other: 1 }),
      patch('unknown field ignored', 'apply', one + by('a', '&fieldValidation=Ignore'), {
        ...configMap('one'),
        other: 1,
      }),
      patch('wrong type', 'apply', one + by('a'), { ...configMap('one'), data: 'x' }),
      patch('text', 'apply', one + by('a'), 'hello'),
      patch('a list', 'apply', one + by('a'), []),
      patch('empty', 'apply', one + by('a'), ''),
      patch('force of another patch', 'merge', `${one}?force=true`, { data: { a: '2' } }),
      patch('duplicate items', 'apply', `${pods}/twice${by('a')}`, {
        ...pod('twice', {
          containers: [
            { name: 'a', image: 'x' },
            { name: 'a', image: 'y' },
          ],
        }),
      }),
      patch('invalid', 'apply', `${pods}/invalid${by('a')}`, pod('invalid', { containers: [] })),
      put('replaced by a manager', `${one}${by('u')}`, configMap('one', { u: '1' })),
    ],
  },
  {
    name: 'apply-lists',
    steps: [
      patch('creates', 'apply', `${deployments}/one${by('a')}`, deployment('one'), { compare }),
      patch(
        'second manager adds a container',
        'apply',
        `${deployments}/one${by('b')}`,
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'one' },
          spec: { template: { spec: { containers: [{ name: 'side', image: 'alpine' }] } } },
        },
        { compare },
      ),
      patch(
        'second manager sets the replicas',
        'apply',
        `${deployments}/one${by('b')}`,
        { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'one' }, spec: { replicas: 3 } },
        { compare },
      ),
      patch('image conflicts', 'apply', `${deployments}/one${by('b')}`, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'one' },
        spec: { template: { spec: { containers: [{ name: 'main', image: 'alpine' }] } } },
      }),
      patch(
        'finalizers as a set',
        'apply',
        `${configMaps}/set${by('a')}`,
        configMap('set', {}, { finalizers: ['example.org/a'] }),
        {
          compare,
        },
      ),
      patch(
        'finalizers of another',
        'apply',
        `${configMaps}/set${by('b')}`,
        configMap('set', {}, { finalizers: ['example.org/b'] }),
        { compare },
      ),
      patch('finalizers given up', 'apply', `${configMaps}/set${by('a')}`, configMap('set', {}), { compare }),
      patch(
        'status',
        'apply',
        `${deployments}/one/status${by('s')}`,
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'one' },
          status: { observedGeneration: 1 },
        },
        { compare },
      ),
      get('result', `${deployments}/one`, { compare }),
    ],
  },
  {
    name: 'apply-managers-of-writes',
    steps: [
      post('created', `${configMaps}${by('p')}`, configMap('one'), { compare }),
      put('replaced', `${one}${by('u')}`, configMap('one', { a: '2' }), { compare }),
      patch('applied over it', 'apply', one + by('a', '&force=true'), configMap('one', { a: '3' }), {
        compare,
      }),
      patch('managed fields cleared', 'merge', one, { metadata: { managedFields: [{}] } }, { compare }),
    ],
  },
];
