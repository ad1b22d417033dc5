import { get, patch, post, put, type Scenario } from '../exchange.ts';
import { claim, claims, storageClass, storageClasses, volume, volumes } from './objects.ts';

const storage = '/apis/storage.k8s.io/v1';
const refusedVolume = (name: string, spec: Record<string, unknown>) =>
  post(name, volumes, volume('{{ns}}-x', spec));
const refusedClaim = (name: string, spec: Record<string, unknown>) => post(name, claims, claim('x', spec));
const csi = { driver: 'azurelustre.csi.azure.com', volumeHandle: 'h' };

const csiDriver = (name: string, spec: object | undefined) => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'CSIDriver',
  metadata: { name },
  ...(spec && { spec }),
});
const attachment = (spec: object) => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'VolumeAttachment',
  metadata: { name: '{{ns}}-a' },
  spec: { attacher: 'a.example.org', nodeName: 'node-1', source: { persistentVolumeName: 'pv' }, ...spec },
});

export const storageKinds: readonly Scenario[] = [
  {
    name: 'storage-class',
    steps: [
      post('defaults', storageClasses, storageClass('{{ns}}-a')),
      post(
        'everything set',
        storageClasses,
        storageClass('{{ns}}-b', {
          parameters: { 'sku-name': 'AMLFS-Durable-Premium-125', zone: '1' },
          reclaimPolicy: 'Retain',
          volumeBindingMode: 'WaitForFirstConsumer',
          allowVolumeExpansion: true,
          mountOptions: ['noatime', 'flock'],
          allowedTopologies: [
            { matchLabelExpressions: [{ key: 'topology.kubernetes.io/zone', values: ['1'] }] },
          ],
        }),
      ),
      post('no provisioner', storageClasses, storageClass('{{ns}}-x', { provisioner: '' })),
      post('odd provisioner', storageClasses, storageClass('{{ns}}-x', { provisioner: 'a b' })),
      post('odd reclaim policy', storageClasses, storageClass('{{ns}}-x', { reclaimPolicy: 'Odd' })),
      post('recycle', storageClasses, storageClass('{{ns}}-x', { reclaimPolicy: 'Recycle' })),
      post('odd binding mode', storageClasses, storageClass('{{ns}}-x', { volumeBindingMode: 'Odd' })),
      post('empty key', storageClasses, storageClass('{{ns}}-x', { parameters: { '': 'x' } })),
      post('numeric parameter', storageClasses, storageClass('{{ns}}-x', { parameters: { a: 1 } })),
      post(
        'too large parameters',
        storageClasses,
        storageClass('{{ns}}-x', { parameters: { a: 'x'.repeat(256 * 1024) } }),
      ),
      post(
        'topology without a key',
        storageClasses,
        storageClass('{{ns}}-x', {
          allowedTopologies: [{ matchLabelExpressions: [{ key: '', values: [] }] }],
        }),
      ),
      patch('provisioner', 'merge', `${storageClasses}/{{ns}}-a`, { provisioner: 'other.example.org' }),
      patch('parameters', 'merge', `${storageClasses}/{{ns}}-a`, { parameters: { a: 'b' } }),
      patch('reclaim policy', 'merge', `${storageClasses}/{{ns}}-a`, { reclaimPolicy: 'Retain' }),
      patch('binding mode', 'merge', `${storageClasses}/{{ns}}-a`, {
        volumeBindingMode: 'WaitForFirstConsumer',
      }),
      patch('all of them', 'merge', `${storageClasses}/{{ns}}-a`, {
        provisioner: 'o.example.org',
        parameters: { a: 'b' },
        reclaimPolicy: 'Retain',
        volumeBindingMode: 'WaitForFirstConsumer',
      }),
      patch('expansion', 'merge', `${storageClasses}/{{ns}}-a`, { allowVolumeExpansion: true }),
      patch('mount options', 'merge', `${storageClasses}/{{ns}}-a`, { mountOptions: ['flock'] }),
    ],
  },
  {
    name: 'storage-volume',
    steps: [
      post('defaults', volumes, volume('{{ns}}-a')),
      post(
        'everything set',
        volumes,
        volume('{{ns}}-b', {
          storageClassName: 'sc',
          mountOptions: ['flock'],
          persistentVolumeReclaimPolicy: 'Delete',
          claimRef: { namespace: '{{ns}}', name: 'c' },
          csi: {
            ...csi,
            fsType: 'lustre',
            readOnly: true,
            volumeAttributes: { 'mgs-ip-address': '10.0.0.4' },
            nodeStageSecretRef: { name: 's', namespace: '{{ns}}' },
          },
          nodeAffinity: {
            required: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['1'] }] }],
            },
          },
        }),
      ),
      post('nfs', volumes, volume('{{ns}}-nfs', { csi: undefined, nfs: { server: 's', path: '/p' } })),
      post('status is not the client’s', volumes, { ...volume('{{ns}}-status'), status: { phase: 'Bound' } }),
      refusedVolume('no capacity', { capacity: undefined }),
      refusedVolume('empty capacity', { capacity: {} }),
      refusedVolume('capacity of nothing', { capacity: { storage: '0' } }),
      refusedVolume('capacity of something else', { capacity: { cpu: '1' } }),
      refusedVolume('no access modes', { accessModes: [] }),
      refusedVolume('odd access mode', { accessModes: ['Odd'] }),
      refusedVolume('once per pod and others', { accessModes: ['ReadWriteOncePod', 'ReadOnlyMany'] }),
      refusedVolume('no source', { csi: undefined }),
      refusedVolume('two sources', { nfs: { server: 's', path: '/p' } }),
      refusedVolume('nfs without a server', { csi: undefined, nfs: { server: '', path: 'p' } }),
      refusedVolume('no driver', { csi: { driver: '', volumeHandle: 'h' } }),
      refusedVolume('no handle', { csi: { driver: 'd.example.org', volumeHandle: '' } }),
      refusedVolume('odd driver', { csi: { driver: 'a b', volumeHandle: 'h' } }),
      refusedVolume('driver of 64 characters', { csi: { driver: 'x'.repeat(64), volumeHandle: 'h' } }),
      refusedVolume('secret without a name', { csi: { ...csi, nodePublishSecretRef: { namespace: 'n' } } }),
      refusedVolume('secret without a namespace', {
        csi: { ...csi, controllerPublishSecretRef: { name: 'n' } },
      }),
      refusedVolume('odd reclaim policy', { persistentVolumeReclaimPolicy: 'Odd' }),
      refusedVolume('odd volume mode', { volumeMode: 'Odd' }),
      refusedVolume('odd class', { storageClassName: 'A B' }),
      refusedVolume('several errors', {
        capacity: undefined,
        accessModes: [],
        csi: { driver: '', volumeHandle: '' },
      }),
      refusedVolume('affinity without terms', { nodeAffinity: { required: { nodeSelectorTerms: [] } } }),
      refusedVolume('affinity without anything required', { nodeAffinity: {} }),
      refusedVolume('host path', { csi: undefined, hostPath: { path: '/a/../b' } }),
      refusedVolume('mount options of a kind without', {
        csi: undefined,
        hostPath: { path: '/a' },
        mountOptions: ['x'],
      }),
      post(
        'old mount options annotation',
        volumes,
        volume(
          '{{ns}}-annotated',
          {},
          { annotations: { 'volume.beta.kubernetes.io/mount-options': 'flock' } },
        ),
      ),
      patch('class may change', 'merge', `${volumes}/{{ns}}-a`, { spec: { storageClassName: 'other' } }),
      patch('mount options may change', 'merge', `${volumes}/{{ns}}-a`, {
        spec: { mountOptions: ['flock'] },
      }),
      patch('attributes may not', 'merge', `${volumes}/{{ns}}-a`, {
        spec: { csi: { volumeAttributes: { a: 'b' } } },
      }),
      patch('source may not', 'merge', `${volumes}/{{ns}}-a`, {
        spec: { csi: null, nfs: { server: 's', path: '/p' } },
      }),
      patch('affinity may be set', 'merge', `${volumes}/{{ns}}-a`, {
        spec: {
          nodeAffinity: {
            required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }] },
          },
        },
      }),
      patch('affinity may not change', 'merge', `${volumes}/{{ns}}-a`, {
        spec: {
          nodeAffinity: {
            required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'b', operator: 'Exists' }] }] },
          },
        },
      }),
      patch('expansion secret may be set', 'merge', `${volumes}/{{ns}}-a`, {
        spec: { csi: { controllerExpandSecretRef: { name: 'a', namespace: 'b' } } },
      }),
      patch('bound', 'merge', `${volumes}/{{ns}}-a/status`, { status: { phase: 'Bound' } }),
      patch('still bound', 'merge', `${volumes}/{{ns}}-a/status`, { status: { message: 'm' } }),
    ],
  },
  {
    name: 'storage-claim',
    steps: [
      post('defaults', claims, claim('a')),
      post(
        'everything set',
        claims,
        claim('b', {
          storageClassName: 'sc',
          volumeName: 'pv',
          volumeMode: 'Block',
          selector: { matchLabels: { a: 'b' } },
          resources: { requests: { storage: '1024Mi' }, limits: { storage: '1Ti' } },
        }),
      ),
      post('no class at all', claims, claim('no-class', { storageClassName: '' })),
      post(
        'size in odd units',
        claims,
        claim('units', { resources: { requests: { storage: '1073741824' } } }),
      ),
      post(
        'size with a fraction',
        claims,
        claim('fraction', { resources: { requests: { storage: '1.5Ti' } } }),
      ),
      post('size as a number', claims, claim('number', { resources: { requests: { storage: 1024 } } })),
      post('size in exponents', claims, claim('exponent', { resources: { requests: { storage: '1e12' } } })),
      post(
        'data source',
        claims,
        claim('source', { dataSource: { kind: 'PersistentVolumeClaim', name: 'a' } }),
      ),
      post(
        'data source reference',
        claims,
        claim('source-ref', {
          dataSourceRef: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'a' },
        }),
      ),
      post(
        'data source without its group',
        claims,
        claim('source-odd', { dataSource: { kind: 'VolumeSnapshot', name: 'a' } }),
      ),
      post(
        'two data sources',
        claims,
        claim('sources', {
          dataSource: { kind: 'PersistentVolumeClaim', name: 'a' },
          dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'b' },
        }),
      ),
      post('status is not the client’s', claims, {
        ...claim('status'),
        status: { phase: 'Bound', capacity: { storage: '1' } },
      }),
      refusedClaim('no access modes', { accessModes: [] }),
      refusedClaim('odd access mode', { accessModes: ['Odd'] }),
      refusedClaim('once per pod and others', { accessModes: ['ReadWriteOncePod', 'ReadOnlyMany'] }),
      refusedClaim('no size', { resources: {} }),
      refusedClaim('size of nothing', { resources: { requests: { storage: '0' } } }),
      refusedClaim('limit below the request', {
        resources: { requests: { storage: '2Ti' }, limits: { storage: '1Ti' } },
      }),
      refusedClaim('odd class', { storageClassName: 'A B' }),
      refusedClaim('odd volume mode', { volumeMode: 'Odd' }),
      refusedClaim('odd selector', { selector: { matchExpressions: [{ key: 'a', operator: 'Odd' }] } }),
      refusedClaim('source without a name', { dataSource: { kind: 'PersistentVolumeClaim', name: '' } }),
      refusedClaim('several errors', { accessModes: [], resources: {}, storageClassName: 'A B' }),
      refusedClaim('no spec', { accessModes: undefined, resources: undefined }),
      post('spec missing', claims, { metadata: { name: 'x' } }),
      patch('access modes', 'merge', `${claims}/a`, { spec: { accessModes: ['ReadWriteOnce'] } }),
      patch('class may be set once', 'merge', `${claims}/a`, { spec: { storageClassName: 'late' } }),
      patch('class may not change', 'merge', `${claims}/a`, { spec: { storageClassName: 'later' } }),
      patch('volume may be set', 'merge', `${claims}/a`, { spec: { volumeName: 'pv' } }),
      patch('volume may not change', 'merge', `${claims}/a`, { spec: { volumeName: 'pv2' } }),
      patch('size of an unbound claim', 'merge', `${claims}/a`, {
        spec: { resources: { requests: { storage: '8Ti' } } },
      }),
      patch('bound', 'merge', `${claims}/a/status`, {
        status: { phase: 'Bound', capacity: { storage: '4Ti' }, accessModes: ['ReadWriteMany'] },
      }),
      patch('growth without a class', 'merge', `${claims}/a`, {
        spec: { resources: { requests: { storage: '8Ti' } } },
      }),
      patch('shrinking', 'merge', `${claims}/a`, { spec: { resources: { requests: { storage: '1Ti' } } } }),
      patch('odd phase', 'merge', `${claims}/a/status`, { status: { phase: 'Odd' } }),
      patch('condition', 'strategic', `${claims}/a/status`, {
        status: { conditions: [{ type: 'Resizing', status: 'True' }] },
      }),
      patch('spec by way of status', 'merge', `${claims}/a/status`, { spec: { volumeName: 'x' } }),
      patch('labels', 'merge', `${claims}/a`, { metadata: { labels: { a: 'b' } } }),
      get('result', `${claims}/a`),
    ],
  },
  {
    name: 'storage-expansion',
    steps: [
      post(
        'class that may grow',
        storageClasses,
        storageClass('{{ns}}-grows', { allowVolumeExpansion: true }),
      ),
      post('class that may not', storageClasses, storageClass('{{ns}}-fixed')),
      ...['grows', 'fixed'].flatMap((name) => [
        post(
          `claim ${name}`,
          claims,
          claim(name, { storageClassName: `{{ns}}-${name}`, volumeName: `pv-${name}` }),
        ),
        patch(`bound ${name}`, 'merge', `${claims}/${name}/status`, {
          status: { phase: 'Bound', capacity: { storage: '4Ti' } },
        }),
        patch(`growth ${name}`, 'merge', `${claims}/${name}`, {
          spec: { resources: { requests: { storage: '8Ti' } } },
        }),
      ]),
      patch('growth is taken back', 'merge', `${claims}/grows`, {
        spec: { resources: { requests: { storage: '6Ti' } } },
      }),
      patch('growth is taken back too far', 'merge', `${claims}/grows`, {
        spec: { resources: { requests: { storage: '4Ti' } } },
      }),
      patch('below what it has', 'merge', `${claims}/grows`, {
        spec: { resources: { requests: { storage: '1Ti' } } },
      }),
    ],
  },
  {
    name: 'storage-default-class',
    steps: [
      post(
        'default class',
        storageClasses,
        storageClass(
          '{{ns}}-default',
          {},
          { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
        ),
      ),
      post('claim gets it', claims, claim('a')),
      post('claim that wants none', claims, claim('b', { storageClassName: '' })),
      post(
        'claim with the old annotation',
        claims,
        claim('c', {}, { annotations: { 'volume.beta.kubernetes.io/storage-class': 'old' } }),
      ),
      patch('default no more', 'merge', `${storageClasses}/{{ns}}-default`, {
        metadata: { annotations: null },
      }),
      post('claim gets nothing', claims, claim('d')),
    ],
  },
  {
    name: 'storage-csi-driver',
    steps: [
      post('defaults', `${storage}/csidrivers`, csiDriver('{{ns}}.example.org', {})),
      post('no spec', `${storage}/csidrivers`, csiDriver('nospec.example.org', undefined)),
      post(
        'everything set',
        `${storage}/csidrivers`,
        csiDriver('all.example.org', {
          attachRequired: false,
          podInfoOnMount: true,
          fsGroupPolicy: 'File',
          volumeLifecycleModes: ['Persistent', 'Ephemeral'],
          storageCapacity: true,
          requiresRepublish: true,
          seLinuxMount: true,
          tokenRequests: [{ audience: 'a', expirationSeconds: 3600 }],
        }),
      ),
      post('odd name', `${storage}/csidrivers`, csiDriver('a_b', {})),
      post('upper case name', `${storage}/csidrivers`, csiDriver('A.example.org', {})),
      post('name of 64 characters', `${storage}/csidrivers`, csiDriver('x'.repeat(64), {})),
      post('odd policy', `${storage}/csidrivers`, csiDriver('x', { fsGroupPolicy: 'Odd' })),
      post('odd mode', `${storage}/csidrivers`, csiDriver('x', { volumeLifecycleModes: ['Odd'] })),
      post(
        'same audience twice',
        `${storage}/csidrivers`,
        csiDriver('x', { tokenRequests: [{ audience: 'a' }, { audience: 'a' }] }),
      ),
      post(
        'token too short',
        `${storage}/csidrivers`,
        csiDriver('x', { tokenRequests: [{ audience: 'a', expirationSeconds: 1 }] }),
      ),
      patch('attach', 'merge', `${storage}/csidrivers/all.example.org`, { spec: { attachRequired: true } }),
      patch('modes', 'merge', `${storage}/csidrivers/all.example.org`, {
        spec: { volumeLifecycleModes: ['Persistent'] },
      }),
      patch('pod info', 'merge', `${storage}/csidrivers/all.example.org`, {
        spec: { podInfoOnMount: false },
      }),
      patch('policy', 'merge', `${storage}/csidrivers/all.example.org`, { spec: { fsGroupPolicy: 'None' } }),
    ],
  },
  {
    name: 'storage-csi-node',
    steps: [
      post('empty', `${storage}/csinodes`, { metadata: { name: '{{ns}}-a' } }),
      post('with a driver', `${storage}/csinodes`, {
        metadata: { name: '{{ns}}-b' },
        spec: {
          drivers: [
            { name: 'a.example.org', nodeID: 'n', topologyKeys: ['zone'], allocatable: { count: 3 } },
          ],
        },
      }),
      post('no node id', `${storage}/csinodes`, {
        metadata: { name: '{{ns}}-x' },
        spec: { drivers: [{ name: 'a', nodeID: '' }] },
      }),
      post('no driver name', `${storage}/csinodes`, {
        metadata: { name: '{{ns}}-x' },
        spec: { drivers: [{ name: '', nodeID: 'n' }] },
      }),
      post('driver twice', `${storage}/csinodes`, {
        metadata: { name: '{{ns}}-x' },
        spec: {
          drivers: [
            { name: 'a', nodeID: 'n' },
            { name: 'a', nodeID: 'm' },
          ],
        },
      }),
      post('topology key twice', `${storage}/csinodes`, {
        metadata: { name: '{{ns}}-x' },
        spec: { drivers: [{ name: 'a', nodeID: 'n', topologyKeys: ['z', 'z'] }] },
      }),
      post('negative count', `${storage}/csinodes`, {
        metadata: { name: '{{ns}}-x' },
        spec: { drivers: [{ name: 'a', nodeID: 'n', allocatable: { count: -1 } }] },
      }),
      patch('driver changed', 'merge', `${storage}/csinodes/{{ns}}-b`, {
        spec: { drivers: [{ name: 'a.example.org', nodeID: 'other' }] },
      }),
      patch('driver added', 'strategic', `${storage}/csinodes/{{ns}}-b`, {
        spec: { drivers: [{ name: 'b.example.org', nodeID: 'n' }] },
      }),
      patch('drivers gone', 'merge', `${storage}/csinodes/{{ns}}-b`, { spec: { drivers: [] } }),
    ],
  },
  {
    name: 'storage-attachment',
    steps: [
      post('defaults', `${storage}/volumeattachments`, attachment({})),
      post('no attacher', `${storage}/volumeattachments`, attachment({ attacher: '' })),
      post('no node', `${storage}/volumeattachments`, attachment({ nodeName: '' })),
      post('no source', `${storage}/volumeattachments`, attachment({ source: {} })),
      put('status', `${storage}/volumeattachments/{{ns}}-a/status`, {
        ...attachment({}),
        status: { attached: true },
      }),
      patch('spec', 'merge', `${storage}/volumeattachments/{{ns}}-a`, { spec: { nodeName: 'other' } }),
    ],
  },
  {
    name: 'storage-other',
    steps: [
      post('capacity', `${storage}/namespaces/{{ns}}/csistoragecapacities`, {
        metadata: { name: 'a' },
        storageClassName: 'sc',
        capacity: '1024Gi',
      }),
      post('capacity without a class', `${storage}/namespaces/{{ns}}/csistoragecapacities`, {
        metadata: { name: 'x' },
        storageClassName: '',
      }),
      patch('class of a capacity', 'merge', `${storage}/namespaces/{{ns}}/csistoragecapacities/a`, {
        storageClassName: 'other',
      }),
      patch('capacity of a capacity', 'merge', `${storage}/namespaces/{{ns}}/csistoragecapacities/a`, {
        capacity: '1',
      }),
      post('attributes class', `${storage}/volumeattributesclasses`, {
        metadata: { name: '{{ns}}-a' },
        driverName: 'a.example.org',
        parameters: { a: 'b' },
      }),
      post('attributes class without a driver', `${storage}/volumeattributesclasses`, {
        metadata: { name: '{{ns}}-x' },
        driverName: '',
        parameters: { a: 'b' },
      }),
      post('attributes class without parameters', `${storage}/volumeattributesclasses`, {
        metadata: { name: '{{ns}}-x' },
        driverName: 'a.example.org',
      }),
      patch('driver of an attributes class', 'merge', `${storage}/volumeattributesclasses/{{ns}}-a`, {
        driverName: 'other',
      }),
    ],
  },
];
