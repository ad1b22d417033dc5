import { get, patch, post, put, type Scenario } from '../exchange.ts';
import { claim, claims, configMap, configMaps, deployment, deployments, pod, pods } from './objects.ts';

export const subresources: readonly Scenario[] = [
  {
    name: 'subresources-status',
    steps: [
      post('claim', claims, claim('a')),
      get('read', `${claims}/a/status`),
      put('replace', `${claims}/a/status`, {
        ...claim('a'),
        metadata: { name: 'a', labels: { x: 'y' } },
        status: { phase: 'Lost' },
      }),
      patch('patch', 'merge', `${claims}/a/status`, {
        metadata: { annotations: { x: 'y' } },
        status: { phase: 'Bound' },
      }),
      put('status by way of the object', `${claims}/a`, { ...claim('a'), status: { phase: 'Lost' } }),
      get('missing', `${claims}/none/status`),
      post('create', `${claims}/a/status`, claim('a')),
      patch('of a kind without', 'merge', `${configMaps}/a/status`, {}),
    ],
  },
  {
    name: 'subresources-scale',
    steps: [
      post('deployment', deployments, deployment('a')),
      get('read', `${deployments}/a/scale`),
      put('replace', `${deployments}/a/scale`, {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'a', namespace: '{{ns}}' },
        spec: { replicas: 3 },
      }),
      patch('patch', 'merge', `${deployments}/a/scale`, { spec: { replicas: 4 } }),
      patch('negative', 'merge', `${deployments}/a/scale`, { spec: { replicas: -1 } }),
      put('old version', `${deployments}/a/scale`, {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: {
          name: 'a',
          namespace: '{{ns}}',
          resourceVersion: '{{deployment:metadata.resourceVersion}}',
        },
        spec: { replicas: 5 },
      }),
      get('missing', `${deployments}/none/scale`),
      get('scaled', `${deployments}/a`),
      get('of a kind without', '/apis/apps/v1/namespaces/{{ns}}/daemonsets/a/scale'),
    ],
  },
  {
    name: 'subresources-pod',
    steps: [
      post('pod', pods, pod('a')),
      get('log of a pod without a node', `${pods}/a/log`),
      get('log of no container', `${pods}/a/log?container=none`),
      get('log of no pod', `${pods}/none/log`),
      post('bound', `${pods}/a/binding`, {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name: 'a' },
        target: { kind: 'Node', name: 'node-1' },
      }),
      post('bound again', `${pods}/a/binding`, {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name: 'a' },
        target: { kind: 'Node', name: 'node-2' },
      }),
      post('bound to nothing', `${pods}/a/binding`, {
        metadata: { name: 'a' },
        target: { kind: 'Node', name: '' },
      }),
      post('missing pod bound', `${pods}/none/binding`, {
        metadata: { name: 'none' },
        target: { kind: 'Node', name: 'n' },
      }),
      get('where it is', `${pods}/a`),
      get('log of a node that is not there', `${pods}/a/log`),
      post('evicted', `${pods}/a/eviction`, {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: 'a' },
      }),
      put('finalizers of a namespace', '/api/v1/namespaces/{{ns}}/finalize', {
        metadata: { name: '{{ns}}' },
        spec: { finalizers: [] },
      }),
      post('token of an account', '/api/v1/namespaces/{{ns}}/serviceaccounts/none/token', { spec: {} }),
      post('config map', configMaps, configMap('a')),
      get('odd subresource', `${configMaps}/a/odd`),
    ],
  },
];
