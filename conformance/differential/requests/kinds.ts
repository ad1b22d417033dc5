import { get, patch, post, put, type Scenario } from '../exchange.ts';
import { deployment, deployments, pod, pods, template } from './objects.ts';

const core = '/api/v1/namespaces/{{ns}}';
const apps = '/apis/apps/v1/namespaces/{{ns}}';
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const refusedPod = (name: string, spec: Record<string, unknown>) => post(name, pods, pod('x', spec));
const container = (fields: object) => ({ containers: [{ name: 'main', image: 'busybox', ...fields }] });

export const kinds: readonly Scenario[] = [
  {
    name: 'kinds-pod',
    steps: [
      post('defaults', pods, pod('a')),
      post(
        'with a claim',
        pods,
        pod('b', {
          ...container({
            command: ['sleep', '1'],
            volumeMounts: [{ name: 'data', mountPath: '/data' }],
            resources: { limits: { cpu: '0.5', memory: '128Mi' } },
            ports: [{ containerPort: 80 }],
            env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
          }),
          volumes: [
            { name: 'data', persistentVolumeClaim: { claimName: 'c' } },
            { name: 'e', emptyDir: {} },
            { name: 's', secret: { secretName: 's' } },
            { name: 'm', configMap: { name: 'm' } },
            { name: 'h', hostPath: { path: '/h' } },
          ],
          nodeSelector: { a: 'b' },
          restartPolicy: 'Never',
        }),
      ),
      post('image with a tag', pods, pod('tag', container({ image: 'busybox:1.36' }))),
      post(
        'probes',
        pods,
        pod(
          'probes',
          container({
            livenessProbe: { httpGet: { port: 80 } },
            readinessProbe: { exec: { command: ['true'] } },
          }),
        ),
      ),
      post('init container', pods, pod('init', { initContainers: [{ name: 'i', image: 'i' }] })),
      post(
        'host network',
        pods,
        pod('host', { hostNetwork: true, ...container({ ports: [{ containerPort: 80 }] }) }),
      ),
      post(
        'inline csi volume',
        pods,
        pod('inline', { volumes: [{ name: 'v', csi: { driver: 'd.example.org' } }] }),
      ),
      post(
        'ephemeral volume',
        pods,
        pod('ephemeral', {
          volumes: [
            {
              name: 'v',
              ephemeral: {
                volumeClaimTemplate: {
                  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
                },
              },
            },
          ],
        }),
      ),
      post(
        'projected volume',
        pods,
        pod('projected', {
          volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }],
        }),
      ),
      refusedPod('no containers', { containers: [] }),
      refusedPod('container without a name', { containers: [{ image: 'x' }] }),
      refusedPod('container without an image', { containers: [{ name: 'a' }] }),
      refusedPod('two containers of one name', {
        containers: [
          { name: 'a', image: 'x' },
          { name: 'a', image: 'x' },
        ],
      }),
      refusedPod('odd container name', { containers: [{ name: 'A b', image: 'x' }] }),
      refusedPod('mount of no volume', container({ volumeMounts: [{ name: 'none', mountPath: '/d' }] })),
      refusedPod('mount path twice', {
        ...container({
          volumeMounts: [
            { name: 'v', mountPath: '/d' },
            { name: 'v', mountPath: '/d' },
          ],
        }),
        volumes: [{ name: 'v', emptyDir: {} }],
      }),
      refusedPod('mount without a path', {
        ...container({ volumeMounts: [{ name: 'v', mountPath: '' }] }),
        volumes: [{ name: 'v', emptyDir: {} }],
      }),
      refusedPod('sub-path that leaves', {
        ...container({ volumeMounts: [{ name: 'v', mountPath: '/d', subPath: '../x' }] }),
        volumes: [{ name: 'v', emptyDir: {} }],
      }),
      refusedPod('claim without a name', {
        volumes: [{ name: 'v', persistentVolumeClaim: { claimName: '' } }],
      }),
      refusedPod('two volumes of one name', {
        volumes: [
          { name: 'v', emptyDir: {} },
          { name: 'v', emptyDir: {} },
        ],
      }),
      refusedPod('volume of two kinds', { volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/' } }] }),
      refusedPod('odd restart policy', { restartPolicy: 'Odd' }),
      refusedPod('odd pull policy', container({ imagePullPolicy: 'Odd' })),
      refusedPod('odd dns policy', { dnsPolicy: 'Odd' }),
      refusedPod('negative grace', { terminationGracePeriodSeconds: -1 }),
      refusedPod(
        'request above the limit',
        container({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
      ),
      refusedPod('port out of range', container({ ports: [{ containerPort: 70000 }] })),
      refusedPod('odd environment variable', container({ env: [{ name: '=' }] })),
      refusedPod('odd node name', { nodeName: 'A b' }),
      post('odd priority class', pods, pod('x', { priorityClassName: 'none' })),
      patch('image', 'strategic', `${pods}/a`, { spec: { containers: [{ name: 'main', image: 'other' }] } }),
      patch('command', 'strategic', `${pods}/a`, {
        spec: { containers: [{ name: 'main', command: ['x'] }] },
      }),
      patch('node', 'merge', `${pods}/a`, { spec: { nodeName: 'n' } }),
      patch('toleration', 'merge', `${pods}/a`, { spec: { tolerations: [{ operator: 'Exists' }] } }),
      patch('labels', 'merge', `${pods}/a`, { metadata: { labels: { x: 'y' } } }),
    ],
  },
  {
    name: 'kinds-workloads',
    steps: [
      post('deployment', deployments, deployment('a')),
      post('stateful set', `${apps}/statefulsets`, {
        metadata: { name: 'a' },
        spec: {
          serviceName: 'a',
          selector: { matchLabels: { app: 'a' } },
          template: template('a'),
          volumeClaimTemplates: [
            {
              metadata: { name: 'data' },
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
            },
          ],
        },
      }),
      post('daemon set', `${apps}/daemonsets`, {
        metadata: { name: 'a' },
        spec: { selector: { matchLabels: { app: 'a' } }, template: template('a') },
      }),
      post('replica set', `${apps}/replicasets`, {
        metadata: { name: 'a' },
        spec: { selector: { matchLabels: { app: 'a' } }, template: template('a') },
      }),
      post(
        'selector that does not match',
        deployments,
        deployment('x', { selector: { matchLabels: { app: 'other' } } }),
      ),
      post('no selector', deployments, deployment('x', { selector: undefined })),
      post('empty selector', deployments, deployment('x', { selector: {} })),
      post('no template', deployments, deployment('x', { template: undefined })),
      post('negative replicas', deployments, deployment('x', { replicas: -1 })),
      post(
        'restart policy never',
        deployments,
        deployment('x', {
          template: {
            ...template('x'),
            spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] },
          },
        }),
      ),
      patch('selector changed', 'merge', `${deployments}/a`, {
        spec: { selector: { matchLabels: { app: 'b' } } },
      }),
      patch('replicas changed', 'merge', `${deployments}/a`, { spec: { replicas: 2 } }),
      patch('template changed', 'strategic', `${deployments}/a`, {
        spec: { template: { spec: { containers: [{ name: 'main', image: 'x' }] } } },
      }),
      patch('labels changed', 'merge', `${deployments}/a`, { metadata: { labels: { a: 'b' } } }),
      patch('service name changed', 'merge', `${apps}/statefulsets/a`, { spec: { serviceName: 'b' } }),
      patch('claim templates changed', 'merge', `${apps}/statefulsets/a`, {
        spec: { volumeClaimTemplates: null },
      }),
      post('controller revision', `${apps}/controllerrevisions`, {
        metadata: { name: 'r' },
        revision: 1,
        data: { a: 1 },
      }),
    ],
  },
  {
    name: 'kinds-core',
    steps: [
      post('secret', `${core}/secrets`, {
        metadata: { name: 'a' },
        stringData: { a: 'text' },
        data: { b: 'eA==' },
      }),
      post('secret not base64', `${core}/secrets`, { metadata: { name: 'x' }, data: { b: '*' } }),
      post('secret of a type', `${core}/secrets`, { metadata: { name: 'x' }, type: 'kubernetes.io/tls' }),
      patch('type of a secret', 'merge', `${core}/secrets/a`, { type: 'other' }),
      patch('text of a secret', 'merge', `${core}/secrets/a`, { stringData: { c: 'd' } }),
      post('service', `${core}/services`, {
        metadata: { name: 'a' },
        spec: { ports: [{ port: 80 }], selector: { a: 'b' } },
      }),
      post('headless service', `${core}/services`, {
        metadata: { name: 'headless' },
        spec: { clusterIP: 'None', ports: [{ port: 80, name: 'http', targetPort: 'http' }] },
      }),
      post('service without ports', `${core}/services`, { metadata: { name: 'x' }, spec: {} }),
      post('service of an odd type', `${core}/services`, {
        metadata: { name: 'x' },
        spec: { type: 'Odd', ports: [{ port: 80 }] },
      }),
      post('service with an odd name', `${core}/services`, {
        metadata: { name: '1a' },
        spec: { ports: [{ port: 80 }] },
      }),
      post('service account', `${core}/serviceaccounts`, { metadata: { name: 'a' } }),
      post('endpoints', `${core}/endpoints`, {
        metadata: { name: 'e' },
        subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }],
      }),
      post('quota', `${core}/resourcequotas`, {
        metadata: { name: 'a' },
        spec: { hard: { 'requests.storage': '10Ti', persistentvolumeclaims: '5' } },
      }),
      post('odd quota', `${core}/resourcequotas`, {
        metadata: { name: 'x' },
        spec: { hard: { 'a b': '1' } },
      }),
      post('negative quota', `${core}/resourcequotas`, {
        metadata: { name: 'x' },
        spec: { hard: { pods: '-1' } },
      }),
      post('limit range', `${core}/limitranges`, {
        metadata: { name: 'a' },
        spec: { limits: [{ type: 'PersistentVolumeClaim', max: { storage: '10Ti' } }] },
      }),
      post('event', `${core}/events`, {
        metadata: { name: 'a' },
        involvedObject: { kind: 'Pod', name: 'p', namespace: '{{ns}}' },
        reason: 'R',
        message: 'm',
        type: 'Normal',
      }),
      post('event of another namespace', `${core}/events`, {
        metadata: { name: 'x' },
        involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' },
      }),
      post('new event', '/apis/events.k8s.io/v1/namespaces/{{ns}}/events', {
        metadata: { name: 'b' },
        eventTime: '2020-01-01T00:00:00.000000Z',
        regarding: { kind: 'Pod', name: 'p', namespace: '{{ns}}' },
        reason: 'R',
        note: 'm',
        type: 'Normal',
        action: 'A',
        reportingController: 'example.org/c',
        reportingInstance: 'i',
      }),
      post('new event without a time', '/apis/events.k8s.io/v1/namespaces/{{ns}}/events', {
        metadata: { name: 'x' },
        regarding: { kind: 'Pod', name: 'p', namespace: '{{ns}}' },
        reason: 'R',
      }),
      get('old event as a new one', '/apis/events.k8s.io/v1/namespaces/{{ns}}/events/a'),
      get('new event as an old one', `${core}/events/b`),
      post('namespace', '/api/v1/namespaces', { metadata: { name: '{{ns}}-other' } }),
      post('namespace with an odd name', '/api/v1/namespaces', { metadata: { name: 'a.b' } }),
      post('node', '/api/v1/nodes', { metadata: { name: '{{ns}}-node' } }),
      patch('node taint', 'strategic', '/api/v1/nodes/{{ns}}-node', {
        spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] },
      }),
      patch('odd node taint', 'strategic', '/api/v1/nodes/{{ns}}-node', {
        spec: { taints: [{ key: 'a', effect: 'Odd' }] },
      }),
      patch('node status', 'strategic', '/api/v1/nodes/{{ns}}-node/status', {
        status: { conditions: [{ type: 'Ready', status: 'True' }], capacity: { cpu: '2' } },
      }),
    ],
  },
  {
    name: 'kinds-groups',
    steps: [
      post('lease', '/apis/coordination.k8s.io/v1/namespaces/{{ns}}/leases', {
        metadata: { name: 'a' },
        spec: {
          holderIdentity: 'h',
          leaseDurationSeconds: 15,
          acquireTime: '2020-01-01T00:00:00.000000Z',
          renewTime: '2020-01-01T00:00:00.000000Z',
          leaseTransitions: 0,
        },
      }),
      post('odd lease', '/apis/coordination.k8s.io/v1/namespaces/{{ns}}/leases', {
        metadata: { name: 'x' },
        spec: { leaseDurationSeconds: -1 },
      }),
      put('lease without a version', '/apis/coordination.k8s.io/v1/namespaces/{{ns}}/leases/a', {
        metadata: { name: 'a' },
        spec: { holderIdentity: 'i' },
      }),
      put('lease at its version', '/apis/coordination.k8s.io/v1/namespaces/{{ns}}/leases/a', {
        metadata: { name: 'a', resourceVersion: '{{lease:metadata.resourceVersion}}' },
        spec: { holderIdentity: 'i', leaseDurationSeconds: 15 },
      }),
      put('lease at its old version', '/apis/coordination.k8s.io/v1/namespaces/{{ns}}/leases/a', {
        metadata: { name: 'a', resourceVersion: '{{lease:metadata.resourceVersion}}' },
        spec: { holderIdentity: 'j' },
      }),
      post('disruption budget', '/apis/policy/v1/namespaces/{{ns}}/poddisruptionbudgets', {
        metadata: { name: 'a' },
        spec: { maxUnavailable: 1, selector: { matchLabels: { a: 'b' } } },
      }),
      post('odd disruption budget', '/apis/policy/v1/namespaces/{{ns}}/poddisruptionbudgets', {
        metadata: { name: 'x' },
        spec: { maxUnavailable: 1, minAvailable: 1 },
      }),
      post('priority class', '/apis/scheduling.k8s.io/v1/priorityclasses', {
        metadata: { name: '{{ns}}-a' },
        value: 5,
      }),
      post('role', `${rbac}/namespaces/{{ns}}/roles`, {
        metadata: { name: 'a' },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
      }),
      post('role without verbs', `${rbac}/namespaces/{{ns}}/roles`, {
        metadata: { name: 'x' },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: [] }],
      }),
      post('role binding', `${rbac}/namespaces/{{ns}}/rolebindings`, {
        metadata: { name: 'a' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' },
        subjects: [
          { kind: 'ServiceAccount', name: 'a', namespace: '{{ns}}' },
          { kind: 'User', name: 'u' },
        ],
      }),
      patch('role of a binding', 'merge', `${rbac}/namespaces/{{ns}}/rolebindings/a`, {
        roleRef: { name: 'b' },
      }),
      post('cluster role', `${rbac}/clusterroles`, { metadata: { name: '{{ns}}-a' }, rules: [] }),
      post('cluster role binding', `${rbac}/clusterrolebindings`, {
        metadata: { name: '{{ns}}-a' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: '{{ns}}-a' },
        subjects: [{ kind: 'Group', name: 'g' }],
      }),
      post('endpoint slice', '/apis/discovery.k8s.io/v1/namespaces/{{ns}}/endpointslices', {
        metadata: { name: 'a' },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['10.0.0.1'] }],
        ports: [{ port: 80 }],
      }),
    ],
  },
];
