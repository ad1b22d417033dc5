import { get, post, type Scenario } from '../exchange.ts';
import { configMap, configMaps } from './objects.ts';

const access = (resourceAttributes: object) => ({
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SelfSubjectAccessReview',
  spec: { resourceAttributes },
});

export const users: readonly Scenario[] = [
  {
    name: 'users',
    steps: [
      get('unknown token', configMaps, { as: 'stranger' }),
      post('unknown token writes', configMaps, configMap('a'), { as: 'stranger' }),
      get('no token', configMaps, { as: 'nobody' }),
      post('no token writes', configMaps, configMap('a'), { as: 'nobody' }),
      get('no token on discovery', '/api', { as: 'nobody' }),
      get('no token on the version', '/version', { as: 'nobody', compare: { statusOnly: true } }),
      get('no token on health', '/healthz', { as: 'nobody' }),
      get('no token on nothing', '/nothing', { as: 'nobody' }),
      get('basic authentication', configMaps, { headers: { Authorization: 'Basic YTpi' } }),
      get('another user', configMaps, { headers: { 'Impersonate-User': 'somebody' } }),
      post(
        'may I',
        '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        access({ namespace: '{{ns}}', verb: 'create', resource: 'configmaps' }),
      ),
      post('may I what', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', access({})),
      post('may I nothing', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { spec: {} }),
      post('what may I', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
        spec: { namespace: '{{ns}}' },
      }),
      post('who am I', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'SelfSubjectReview',
      }),
      get('reviews are not listed', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'),
    ],
  },
];
