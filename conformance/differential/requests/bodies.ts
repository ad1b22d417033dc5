import { post, put, type Scenario } from '../exchange.ts';
import { claim, claims, configMap, configMaps, pod, pods } from './objects.ts';

const yaml = { 'Content-Type': 'application/yaml' };

export const bodies: readonly Scenario[] = [
  {
    name: 'bodies-broken',
    steps: [
      post('empty', configMaps, ''),
      post('no body', configMaps, undefined),
      post('not JSON', configMaps, '{"a":'),
      post('text', configMaps, 'hello'),
      post('a list', configMaps, '[]'),
      post('null', configMaps, 'null'),
      post('a number', configMaps, '3'),
      post('an empty object', configMaps, {}),
      post('no name', configMaps, { metadata: {} }),
      post('another kind', configMaps, { ...configMap('x'), kind: 'Secret' }),
      post('an unknown kind', configMaps, { ...configMap('x'), kind: 'Nothing' }),
      post('another version', configMaps, { ...configMap('x'), apiVersion: 'v2' }),
      post('another group', configMaps, { ...configMap('x'), apiVersion: 'apps/v1' }),
      post('a kind without a version', configMaps, { kind: 'ConfigMap', metadata: { name: 'kind-only' } }),
      post('metadata that is text', configMaps, { metadata: 'x' }),
      post('a name that is a number', configMaps, { metadata: { name: 5 } }),
      post('a label that is a number', configMaps, { metadata: { name: 'x', labels: { a: 1 } } }),
      post('an annotation that is an object', configMaps, {
        metadata: { name: 'x', annotations: { a: {} } },
      }),
      post('data that is a list', configMaps, { metadata: { name: 'x' }, data: [] }),
      post('a value that is a number', configMaps, { metadata: { name: 'x' }, data: { a: 1 } }),
      post('a value that is null', configMaps, { metadata: { name: 'null-value' }, data: { a: null } }),
      post('binaryData that is not base64', configMaps, {
        metadata: { name: 'x' },
        binaryData: { a: '***' },
      }),
      post('finalizers that are text', configMaps, { metadata: { name: 'x', finalizers: 'x' } }),
      post('a time that is none', configMaps, { metadata: { name: 'x', creationTimestamp: 'today' } }),
      post('containers that are an object', pods, { metadata: { name: 'x' }, spec: { containers: {} } }),
      post(
        'a port that is text',
        pods,
        pod('x', { containers: [{ name: 'a', ports: [{ containerPort: '80' }] }] }),
      ),
      post('a port out of range of its type', pods, pod('x', { terminationGracePeriodSeconds: 1e30 })),
      post('a boolean that is text', pods, pod('x', { hostNetwork: 'true' })),
      post('a quantity that is none', claims, claim('x', { resources: { requests: { storage: '4Tx' } } })),
      post('a quantity that is negative', claims, claim('x', { resources: { requests: { storage: '-1' } } })),
      post('a quantity that is a list', claims, claim('x', { resources: { requests: { storage: [] } } })),
      post('a fraction of a number', pods, pod('x', { terminationGracePeriodSeconds: 1.5 })),
      put('empty replacement', `${configMaps}/x`, ''),
    ],
  },
  {
    name: 'bodies-types',
    steps: [
      post('yaml', configMaps, 'metadata:\n  name: yaml\ndata:\n  a: "1"\n', { headers: yaml }),
      post('broken yaml', configMaps, 'metadata: {\n', { headers: yaml }),
      post('yaml with a number', configMaps, 'metadata:\n  name: x\ndata:\n  a: 1\n', { headers: yaml }),
      post('json called yaml', configMaps, configMap('json-as-yaml'), { headers: yaml }),
      post('plain text', configMaps, configMap('x'), { headers: { 'Content-Type': 'text/plain' } }),
      post('a form', configMaps, 'a=1', {
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      }),
      post('with a charset', configMaps, configMap('charset'), {
        headers: { 'Content-Type': 'application/json; charset=utf-8' },
      }),
      post('wants yaml', configMaps, configMap('wants-yaml'), {
        headers: { Accept: 'application/yaml' },
        compare: { statusOnly: true },
      }),
      post('wants html', configMaps, configMap('wants-html'), { headers: { Accept: 'text/html' } }),
      post('wants anything', configMaps, configMap('wants-anything'), { headers: { Accept: '*/*' } }),
      post('3 MiB and more', configMaps, configMap('x', { a: 'x'.repeat(3 * 1024 * 1024 + 1) })),
      post('1 MiB and more', configMaps, configMap('x', { a: 'x'.repeat(1024 * 1024 + 1) })),
    ],
  },
  {
    name: 'bodies-field-validation',
    steps: [
      post('unknown field by default', configMaps, { ...configMap('default'), other: 1 }),
      post('unknown field ignored', `${configMaps}?fieldValidation=Ignore`, {
        ...configMap('ignore'),
        other: 1,
      }),
      post('unknown field warned of', `${configMaps}?fieldValidation=Warn`, {
        ...configMap('warn'),
        other: 1,
      }),
      post('unknown field refused', `${configMaps}?fieldValidation=Strict`, { ...configMap('x'), other: 1 }),
      post('unknown fields refused', `${pods}?fieldValidation=Strict`, {
        ...pod('x', { containers: [{ name: 'a', image: 'b', imagee: 'c' }], nothing: {} }),
        other: 1,
      }),
      post(
        'duplicate field by default',
        configMaps,
        '{"metadata":{"name":"twice"},"data":{"a":"1"},"data":{"a":"2"}}',
      ),
      post(
        'duplicate field refused',
        `${configMaps}?fieldValidation=Strict`,
        '{"metadata":{"name":"x"},"data":{"a":"1"},"data":{"a":"2"}}',
      ),
      post(
        'duplicate key of a map refused',
        `${configMaps}?fieldValidation=Strict`,
        '{"metadata":{"name":"x"},"data":{"a":"1","a":"2"}}',
      ),
      post(
        'duplicate field of yaml refused',
        `${configMaps}?fieldValidation=Strict`,
        'metadata:\n  name: x\n  name: y\n',
        { headers: yaml },
      ),
      post('field in another case refused', `${configMaps}?fieldValidation=Strict`, {
        ...configMap('x'),
        Data: { a: '2' },
      }),
      post('field in another case', configMaps, { ...configMap('case'), Data: { a: '2' } }),
      post('unknown mode', `${configMaps}?fieldValidation=Maybe`, configMap('x')),
      put('replacement with an unknown field', `${configMaps}/warn?fieldValidation=Strict`, {
        ...configMap('warn'),
        other: 1,
      }),
    ],
  },
];
