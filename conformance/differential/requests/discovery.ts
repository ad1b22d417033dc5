import { get, type Scenario } from '../exchange.ts';

const compare = { subset: true } as const;
const aggregated = {
  Accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json',
};
const groups = [
  'apps',
  'storage.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'policy',
  'scheduling.k8s.io',
  'rbac.authorization.k8s.io',
  'apiextensions.k8s.io',
  'authorization.k8s.io',
  'authentication.k8s.io',
];

export const discovery: readonly Scenario[] = [
  {
    name: 'discovery',
    steps: [
      get('versions of the core', '/api', { compare }),
      get('groups', '/apis', { compare }),
      get('core aggregated', '/api', { headers: aggregated, compare }),
      get('groups aggregated', '/apis', { headers: aggregated, compare }),
      get('core resources', '/api/v1', { compare }),
      ...groups.flatMap((group) => [
        get(`group ${group}`, `/apis/${group}`, { compare }),
        get(`resources of ${group}`, `/apis/${group}/v1`, { compare }),
      ]),
      get('unknown group', '/apis/none.example.org'),
      get('unknown version', '/apis/apps/v9'),
      get('unknown core version', '/api/v9'),
      get('list of OpenAPI documents', '/openapi/v3', { compare: { statusOnly: true } }),
      get('health', '/healthz'),
      get('liveness', '/livez'),
      get('readiness', '/readyz'),
      get('readiness of one part', '/readyz/ping'),
      get('version', '/version', { compare: { statusOnly: true } }),
    ],
  },
];
