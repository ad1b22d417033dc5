import { get, patch, post, type Scenario, type Step } from '../exchange.ts';
import {
  asTable,
  claim,
  claims,
  configMap,
  configMaps,
  deployment,
  deployments,
  pod,
  pods,
  storageClass,
  storageClasses,
  template,
  volume,
  volumes,
} from './objects.ts';

const core = '/api/v1/namespaces/{{ns}}';
const table = (name: string, path: string): Step => get(name, path, { headers: asTable });
const mine = '?labelSelector=mine%3D{{ns}}';
const labels = { labels: { mine: '{{ns}}' } };

const notReady = (state: object) => ({
  name: 'main',
  image: 'i',
  imageID: '',
  ready: false,
  restartCount: 0,
  state,
});

export const tables: readonly Scenario[] = [
  {
    name: 'tables-storage',
    steps: [
      post(
        'class',
        storageClasses,
        storageClass(
          '{{ns}}-a',
          { volumeBindingMode: 'WaitForFirstConsumer', allowVolumeExpansion: true },
          { ...labels, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
        ),
      ),
      table('classes', storageClasses + mine),
      patch('class is no default', 'merge', `${storageClasses}/{{ns}}-a`, {
        metadata: { annotations: null },
      }),
      post(
        'volume',
        volumes,
        volume(
          '{{ns}}-a',
          {
            storageClassName: 'sc',
            claimRef: { namespace: '{{ns}}', name: 'c' },
            accessModes: ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'].slice(0, 3),
          },
          labels,
        ),
      ),
      table('volumes', volumes + mine),
      patch('volume fails', 'merge', `${volumes}/{{ns}}-a/status`, {
        status: { phase: 'Failed', reason: 'Why' },
      }),
      table('failed volumes', volumes + mine),
      post('claim', claims, claim('a', { storageClassName: 'sc', volumeName: 'pv' })),
      table('claims', claims),
      patch('claim is bound', 'merge', `${claims}/a/status`, {
        status: { phase: 'Bound', capacity: { storage: '4Ti' }, accessModes: ['ReadWriteMany'] },
      }),
      table('bound claims', claims),
      post('driver', '/apis/storage.k8s.io/v1/csidrivers', {
        metadata: { name: '{{ns}}.example.org', ...labels },
        spec: { tokenRequests: [{ audience: 'a' }] },
      }),
      table('drivers', `/apis/storage.k8s.io/v1/csidrivers${mine}`),
      post('csi node', '/apis/storage.k8s.io/v1/csinodes', {
        metadata: { name: '{{ns}}-a', ...labels },
        spec: { drivers: [{ name: 'a', nodeID: 'n' }] },
      }),
      table('csi nodes', `/apis/storage.k8s.io/v1/csinodes${mine}`),
      post('attachment', '/apis/storage.k8s.io/v1/volumeattachments', {
        metadata: { name: '{{ns}}-a', ...labels },
        spec: { attacher: 'a', nodeName: 'n', source: { persistentVolumeName: 'pv' } },
      }),
      table('attachments', `/apis/storage.k8s.io/v1/volumeattachments${mine}`),
      post('capacity', '/apis/storage.k8s.io/v1/namespaces/{{ns}}/csistoragecapacities', {
        metadata: { name: 'a' },
        storageClassName: 'sc',
        capacity: '1Gi',
      }),
      table('capacities', '/apis/storage.k8s.io/v1/namespaces/{{ns}}/csistoragecapacities'),
      post('attributes class', '/apis/storage.k8s.io/v1/volumeattributesclasses', {
        metadata: { name: '{{ns}}-a', ...labels },
        driverName: 'd',
        parameters: { a: 'b' },
      }),
      table('attributes classes', `/apis/storage.k8s.io/v1/volumeattributesclasses${mine}`),
    ],
  },
  {
    name: 'tables-pods',
    steps: [
      post('pending', pods, pod('a')),
      post('with gates', pods, pod('b', { readinessGates: [{ conditionType: 'x' }], nodeName: 'n' })),
      patch('running', 'merge', `${pods}/b/status`, {
        status: {
          phase: 'Running',
          podIP: '10.0.0.1',
          podIPs: [{ ip: '10.0.0.1' }],
          containerStatuses: [
            { name: 'main', image: 'i', imageID: '', ready: true, restartCount: 3, state: { running: {} } },
          ],
          conditions: [{ type: 'Ready', status: 'True' }],
        },
      }),
      table('pods', pods),
      patch('waiting', 'merge', `${pods}/b/status`, {
        status: {
          phase: 'Pending',
          containerStatuses: [notReady({ waiting: { reason: 'ContainerCreating' } })],
        },
      }),
      table('waiting pods', pods),
      patch('ended', 'merge', `${pods}/b/status`, {
        status: {
          phase: 'Failed',
          containerStatuses: [notReady({ terminated: { exitCode: 3, reason: 'Error' } })],
        },
      }),
      table('ended pods', pods),
      patch('evicted', 'merge', `${pods}/b/status`, {
        status: { phase: 'Failed', reason: 'Evicted', containerStatuses: null },
      }),
      table('evicted pods', pods),
      table('one pod', `${pods}/a`),
    ],
  },
  {
    name: 'tables-workloads',
    steps: [
      post('deployment', deployments, deployment('a')),
      table('deployments', deployments),
      ...(['statefulsets', 'daemonsets', 'replicasets'] as const).flatMap((kind) => [
        post(kind, `/apis/apps/v1/namespaces/{{ns}}/${kind}`, {
          metadata: { name: 'a' },
          spec: {
            ...(kind === 'statefulsets' && { serviceName: 'a' }),
            selector: { matchLabels: { app: 'a' } },
            template: template('a'),
          },
        }),
        table(`table of ${kind}`, `/apis/apps/v1/namespaces/{{ns}}/${kind}`),
      ]),
      post('disruption budget', '/apis/policy/v1/namespaces/{{ns}}/poddisruptionbudgets', {
        metadata: { name: 'a' },
        spec: { maxUnavailable: 1, selector: {} },
      }),
      table('disruption budgets', '/apis/policy/v1/namespaces/{{ns}}/poddisruptionbudgets'),
    ],
  },
  {
    name: 'tables-core',
    steps: [
      post('config map', configMaps, configMap('a', { a: '1', b: '2' })),
      table('config maps', configMaps),
      post('secret', `${core}/secrets`, { metadata: { name: 'a' }, stringData: { a: 'x' } }),
      table('secrets', `${core}/secrets`),
      post('service account', `${core}/serviceaccounts`, { metadata: { name: 'a' } }),
      table('service accounts', `${core}/serviceaccounts`),
      post('headless service', `${core}/services`, {
        metadata: { name: 'a' },
        spec: { clusterIP: 'None', ports: [{ port: 80 }], selector: { a: 'b' } },
      }),
      table('services', `${core}/services`),
      post('endpoints', `${core}/endpoints`, {
        metadata: { name: 'a' },
        subsets: [{ addresses: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }], ports: [{ port: 80 }] }],
      }),
      table('endpoints table', `${core}/endpoints`),
      post('quota', `${core}/resourcequotas`, {
        metadata: { name: 'a' },
        spec: { hard: { pods: '50', 'requests.storage': '10Ti' } },
      }),
      table('quotas', `${core}/resourcequotas`),
      post('event', `${core}/events`, {
        metadata: { name: 'a' },
        involvedObject: { kind: 'Pod', name: 'p', namespace: '{{ns}}', fieldPath: 'spec' },
        reason: 'R',
        message: 'm',
        type: 'Warning',
        count: 3,
        source: { component: 'c', host: 'h' },
      }),
      table('events', `${core}/events`),
      table('namespaces', '/api/v1/namespaces?fieldSelector=metadata.name%3D{{ns}}'),
      post('node', '/api/v1/nodes', {
        metadata: { name: '{{ns}}-a', labels: { ...labels.labels, 'node-role.kubernetes.io/worker': '' } },
        spec: { unschedulable: true },
      }),
      patch('node is ready', 'strategic', '/api/v1/nodes/{{ns}}-a/status', {
        status: {
          conditions: [{ type: 'Ready', status: 'True' }],
          nodeInfo: {
            kubeletVersion: 'v1.36.3',
            osImage: 'os',
            kernelVersion: 'k',
            containerRuntimeVersion: 'c',
          },
          addresses: [{ type: 'InternalIP', address: '10.0.0.9' }],
        },
      }),
      table('nodes', `/api/v1/nodes${mine}`),
      post('lease', '/apis/coordination.k8s.io/v1/namespaces/{{ns}}/leases', {
        metadata: { name: 'a' },
        spec: { holderIdentity: 'h' },
      }),
      table('leases', '/apis/coordination.k8s.io/v1/namespaces/{{ns}}/leases'),
      post('role', '/apis/rbac.authorization.k8s.io/v1/namespaces/{{ns}}/roles', {
        metadata: { name: 'a' },
        rules: [],
      }),
      table('roles', '/apis/rbac.authorization.k8s.io/v1/namespaces/{{ns}}/roles'),
      post('role binding', '/apis/rbac.authorization.k8s.io/v1/namespaces/{{ns}}/rolebindings', {
        metadata: { name: 'a' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' },
        subjects: [{ kind: 'ServiceAccount', name: 's', namespace: 'n' }],
      }),
      table('role bindings', '/apis/rbac.authorization.k8s.io/v1/namespaces/{{ns}}/rolebindings'),
      post('priority class', '/apis/scheduling.k8s.io/v1/priorityclasses', {
        metadata: { name: '{{ns}}-a', ...labels },
        value: 5,
      }),
      table('priority classes', `/apis/scheduling.k8s.io/v1/priorityclasses${mine}`),
      post('endpoint slice', '/apis/discovery.k8s.io/v1/namespaces/{{ns}}/endpointslices', {
        metadata: { name: 'a' },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['10.0.0.1'] }],
        ports: [{ port: 80 }],
      }),
      table('endpoint slices', '/apis/discovery.k8s.io/v1/namespaces/{{ns}}/endpointslices'),
      post('limit range', `${core}/limitranges`, {
        metadata: { name: 'a' },
        spec: { limits: [{ type: 'PersistentVolumeClaim', max: { storage: '1Ti' } }] },
      }),
      table('limit ranges', `${core}/limitranges`),
    ],
  },
];
