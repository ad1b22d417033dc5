import { get, patch, post, type Scenario } from '../exchange.ts';
import { claim, claims, configMap, configMaps, pod, pods } from './objects.ts';

const quotas = '/api/v1/namespaces/{{ns}}/resourcequotas';

export const admission: readonly Scenario[] = [
  {
    name: 'admission-quota',
    steps: [
      post('quota', quotas, {
        metadata: { name: 'q' },
        spec: {
          hard: {
            persistentvolumeclaims: '2',
            'requests.storage': '5Ti',
            'sc.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
          },
        },
      }),
      // Until somebody has counted, Kubernetes' admission lets nothing in: the controller does it, which is not running.
      patch('counted', 'merge', `${quotas}/q/status`, {
        status: {
          hard: {
            persistentvolumeclaims: '2',
            'requests.storage': '5Ti',
            'sc.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
          },
          used: {
            persistentvolumeclaims: '0',
            'requests.storage': '0',
            'sc.storageclass.storage.k8s.io/persistentvolumeclaims': '0',
          },
        },
      }),
      post('first claim', claims, claim('a', { storageClassName: 'sc' })),
      get('used', `${quotas}/q`),
      post('too large', claims, claim('x', { resources: { requests: { storage: '2Ti' } } })),
      post(
        'second of the class',
        claims,
        claim('x', { storageClassName: 'sc', resources: { requests: { storage: '1' } } }),
      ),
      post('second claim', claims, claim('b', { resources: { requests: { storage: '1Ti' } } })),
      post('third claim', claims, claim('x', { resources: { requests: { storage: '1' } } })),
      post(
        'dry run is counted but not kept',
        `${claims}?dryRun=All`,
        claim('x', { resources: { requests: { storage: '1' } } }),
      ),
      get('used at the end', `${quotas}/q`),
      post('what no quota is about', configMaps, configMap('a')),
    ],
  },
  {
    name: 'admission-limits',
    steps: [
      post('limit range', '/api/v1/namespaces/{{ns}}/limitranges', {
        metadata: { name: 'l' },
        spec: {
          limits: [{ type: 'PersistentVolumeClaim', max: { storage: '5Ti' }, min: { storage: '1Ti' } }],
        },
      }),
      post('within', claims, claim('a')),
      post('above', claims, claim('x', { resources: { requests: { storage: '6Ti' } } })),
      post('below', claims, claim('x', { resources: { requests: { storage: '1Gi' } } })),
      post('pod without limits', pods, pod('a')),
    ],
  },
];
