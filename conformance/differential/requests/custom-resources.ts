import { del, get, patch, post, put, type Scenario, type Step } from '../exchange.ts';
import { asTable } from './objects.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const things = '/apis/example.org/v1/namespaces/{{ns}}/things';
const thing = (name: string, spec: object = { size: 1 }, more: object = {}) => ({
  apiVersion: 'example.org/v1',
  kind: 'Thing',
  metadata: { name },
  spec,
  ...more,
});

const schema = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { type: 'integer', minimum: 1, maximum: 10 },
        mode: { type: 'string', enum: ['a', 'b'], default: 'a' },
        name: { type: 'string', pattern: '^[a-z]+$', maxLength: 5 },
        list: {
          type: 'array',
          maxItems: 2,
          items: { type: 'object', properties: { key: { type: 'string' } } },
        },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        replicas: { type: 'integer' },
      },
    },
    status: { type: 'object', properties: { ready: { type: 'boolean' }, replicas: { type: 'integer' } } },
  },
};
const version = {
  name: 'v1',
  served: true,
  storage: true,
  schema: { openAPIV3Schema: schema },
  subresources: {
    status: {},
    scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
  },
  additionalPrinterColumns: [
    { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
    { name: 'Mode', type: 'string', jsonPath: '.spec.mode', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
};
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.example.org' },
  spec: {
    group: 'example.org',
    scope: 'Namespaced',
    names: { plural: 'things', singular: 'thing', kind: 'Thing', shortNames: ['th'] },
    versions: [version],
  },
};
const refused = (name: string, spec: object, metadata: object = definition.metadata): Step =>
  post(name, definitions, { ...definition, metadata, spec: { ...definition.spec, ...spec } });

export const customResources: readonly Scenario[] = [
  {
    name: 'custom-definitions',
    steps: [
      refused('name that does not fit', {}, { name: 'other.example.org' }),
      refused('no versions', { versions: [] }),
      refused('no stored version', { versions: [{ ...version, storage: false }] }),
      refused('two stored versions', { versions: [version, { ...version, name: 'v2' }] }),
      refused('no schema', { versions: [{ ...version, schema: undefined }] }),
      refused('odd scope', { scope: 'Odd' }),
      refused('no kind', { names: { plural: 'things' } }),
      refused('odd type', { versions: [{ ...version, schema: { openAPIV3Schema: { type: 'odd' } } }] }),
    ],
  },
  {
    name: 'custom-objects',
    steps: [
      get('not yet', things),
      post('definition', definitions, definition),
      get('served', things, { until: 200 }),
      post('created', things, thing('a'), { until: 201 }),
      get('read', `${things}/a`),
      get('listed', things),
      get('table', things, { headers: asTable }),
      post('unknown field', things, thing('unknown', { size: 1, other: 1, free: { x: 1 } })),
      post('unknown field refused', `${things}?fieldValidation=Strict`, thing('x', { size: 1, other: 1 })),
      post('too small', things, thing('x', { size: 0 })),
      post('too large', things, thing('x', { size: 11 })),
      post('wrong type', things, thing('x', { size: 'x' })),
      post('required missing', things, thing('x', {})),
      post('odd enum', things, thing('x', { size: 1, mode: 'c' })),
      post('pattern and length', things, thing('x', { size: 1, name: 'ABCDEFG' })),
      post('too many items', things, thing('x', { size: 1, list: [{}, {}, {}] })),
      post('wrong type of an item', things, thing('x', { size: 1, list: ['a'] })),
      post('no spec', things, { ...thing('x'), spec: undefined }),
      post('another kind', things, { ...thing('x'), kind: 'Other' }),
      post('another version', things, { ...thing('x'), apiVersion: 'example.org/v2' }),
      post('no kind', things, { metadata: { name: 'x' }, spec: { size: 1 } }),
      post('status is not the client’s', things, thing('status', { size: 1 }, { status: { ready: true } })),
      patch('merge patch', 'merge', `${things}/a`, { spec: { size: 2 } }),
      patch('nothing changes', 'merge', `${things}/a`, { spec: { size: 2 } }),
      patch('json patch', 'json', `${things}/a`, [{ op: 'replace', path: '/spec/size', value: 3 }]),
      patch('strategic patch', 'strategic', `${things}/a`, { spec: { size: 4 } }),
      patch('invalid patch', 'merge', `${things}/a`, { spec: { size: 40 } }),
      patch('status', 'merge', `${things}/a/status`, { status: { ready: true }, spec: { size: 9 } }),
      patch('status by way of the object', 'merge', `${things}/a`, { status: { ready: false } }),
      patch('applied', 'apply', `${things}/applied?fieldManager=m`, thing('applied', { size: 5 })),
      put('replaced without a version', `${things}/a`, thing('a', { size: 6 })),
      put('replaced', `${things}/a`, {
        ...thing('a', { size: 6 }),
        metadata: { name: 'a', resourceVersion: '{{status:metadata.resourceVersion}}' },
      }),
      get('scale', `${things}/a/scale`),
      patch('scaled', 'merge', `${things}/a/scale`, { spec: { replicas: 2 } }),
      get('resources', '/apis/example.org/v1'),
      get('group', '/apis/example.org'),
      del('deleted', `${things}/a`),
      del('definition deleted', `${definitions}/things.example.org`),
      get('not any more', `${things}/unknown`, { until: 404 }),
    ],
  },
];
