import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { explainTexts, findingLines, objectNamed, propertyOf } from './testing/explain-text.ts';
import { tutorialClaim, tutorialClass, tutorialPod } from './testing/tutorial.ts';

const classLines = async (...changes: readonly [string, string][]) => {
  const text = changes.reduce((all, [from, to]) => all.replace(from, to), tutorialClass);
  return findingLines(objectNamed(await explainTexts([text]), 'StorageClass', 'azurelustre-dynprov'));
};
const errors = (lines: readonly string[]) => lines.filter((line) => line.startsWith('error'));

test("an unquoted zone is refused in Kubernetes' own words, with its line", async () => {
  assert.deepEqual(errors(await classLines(['"1"', '1'])), [
    'error parameters.zone:8 cannot unmarshal number into Go struct field StorageClass.parameters of type string',
  ]);
});

test('what YAML 1.1 takes for a boolean is one to Kubernetes', async () => {
  assert.deepEqual(errors(await classLines(['"Sunday"', 'no'])), [
    'error parameters.maintenance-day-of-week:9 cannot unmarshal bool into Go struct field StorageClass.parameters of type string',
    'error parameters.maintenance-day-of-week:9 CreateVolume Parameter maintenance-day-of-week must be one of: [Sunday, Monday, Tuesday, Wednesday, Thursday, Friday, Saturday]',
  ]);
});

test('a misspelt parameter is named with its line and what was meant', async () => {
  const report = await explainTexts([tutorialClass.replace('sku-name', 'skuname')]);
  const [first] = objectNamed(report, 'StorageClass', 'azurelustre-dynprov').findings;
  assert.equal(first?.line, 7);
  assert.match(first?.message ?? '', /^Invalid parameter\(s\) \{skuname = AMLFS-Durable-Premium-125\}/);
  assert.match(first?.fix ?? '', /^did you mean sku-name instead of skuname\?/);
});

test('what the region decides is a warning as long as Azure is not asked', async () => {
  const lines = await classLines(['  zone: "1"', '  # zone: "1"']);
  assert.match(lines.join('\n'), /^warning parameters\.zone:6 CreateVolume Parameter zone must be provided/m);
  assert.deepEqual(errors(lines), []);
});

test('a misspelt driver or policy is found', async () => {
  assert.deepEqual(errors(await classLines(['azurelustre.csi.azure.com', 'azurelustre.csi.azure.con'])), [
    'error provisioner:5 there is no driver azurelustre.csi.azure.con',
  ]);
  assert.match(
    (await classLines(['reclaimPolicy: Delete', 'reclaimPolicy: Keep'])).join(),
    /Unsupported value: "Keep"/,
  );
});

test("another project's class is left to it", async () => {
  const lines = await classLines(['azurelustre.csi.azure.com', 'ebs.csi.aws.com']);
  assert.deepEqual(lines, [
    "note provisioner:5 ebs.csi.aws.com is none of Berth's drivers; nothing is said about it",
  ]);
});

test('a small claim is told what it will cost', async () => {
  const report = await explainTexts([tutorialClass, tutorialClaim.replace('48Ti', '1Gi')]);
  const claim = objectNamed(report, 'PersistentVolumeClaim', 'pvc-lustre-dynprov');
  assert.deepEqual(findingLines(claim), [
    'warning spec.resources.requests.storage:11 1 GiB becomes 16 TiB, which is what Azure bills: AMLFS-Durable-Premium-125 comes in steps of 16 TiB',
  ]);
});

test('a claim too large for its SKU stays Pending, and says at which line', async () => {
  const report = await explainTexts([tutorialClass, tutorialClaim.replace('48Ti', '200Ti')]);
  const claim = objectNamed(report, 'PersistentVolumeClaim', 'pvc-lustre-dynprov');
  assert.match(
    errors(findingLines(claim))[0] ?? '',
    /^error spec\.resources\.requests\.storage:11 Requested capacity \d+ exceeds/,
  );
  assert.match(propertyOf(claim, 'outcome') ?? '', /stays Pending/);
});

test('Retain is said to leave the file system and its bill', async () => {
  const report = await explainTexts([
    tutorialClass.replace('reclaimPolicy: Delete', 'reclaimPolicy: Retain'),
    tutorialClaim,
  ]);
  const claim = objectNamed(report, 'PersistentVolumeClaim', 'pvc-lustre-dynprov');
  assert.match(propertyOf(claim, 'reclaim') ?? '', /^Retain: .*until it is deleted by hand in Azure$/);
});

test('claims that Kubernetes itself would refuse are refused here', async () => {
  const bad = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: bad}
spec:
  storageClassName: azurelustre-dynprov
  accessModes: [ReadWriteAll]
  selector: {matchLabels: {a: b}}
  volumeMode: Block
  resources: {requests: {storage: 48TB}}
`;
  const report = await explainTexts([tutorialClass, bad]);
  assert.deepEqual(errors(findingLines(objectNamed(report, 'PersistentVolumeClaim', 'bad'))), [
    'error spec.accessModes:6 Unsupported value: "ReadWriteAll"',
    "error spec.resources.requests.storage:9 '48TB' is no quantity above zero",
    'error spec.selector:7 claim Selector is not supported',
    "error spec.volumeMode:8 Doesn't support block volume.",
  ]);
});

test('names that do not meet are told, with the one that was meant', async () => {
  const claim = tutorialClaim.replace(
    'storageClassName: azurelustre-dynprov',
    'storageClassName: azurelustre-dynprof',
  );
  const pod = tutorialPod.replace('claimName: pvc-lustre-dynprov', 'claimName: pvc-lustre-dynpro');
  const report = await explainTexts([tutorialClass, claim, pod]);
  const [ofClaim] = objectNamed(report, 'PersistentVolumeClaim', 'pvc-lustre-dynprov').findings;
  assert.deepEqual([ofClaim?.severity, ofClaim?.fix], ['warning', 'did you mean azurelustre-dynprov?']);
  const [ofPod] = objectNamed(report, 'Pod', 'lustre-echo-date-dynprov').findings;
  assert.deepEqual(
    [ofPod?.severity, ofPod?.line, ofPod?.fix],
    ['warning', 19, 'did you mean pvc-lustre-dynprov?'],
  );
});

test('a claim in another namespace is out of reach of the pod', async () => {
  const claim = tutorialClaim.replace('metadata:', 'metadata:\n  namespace: hpc');
  const report = await explainTexts([tutorialClass, claim, tutorialPod]);
  assert.match(
    findingLines(objectNamed(report, 'Pod', 'lustre-echo-date-dynprov')).join(),
    /is in namespace hpc, the pod in default/,
  );
});

test('a quota that the claims go beyond is an error at the quota', async () => {
  const second = tutorialClaim.replace('name: pvc-lustre-dynprov', 'name: second');
  const report = await explainTexts([tutorialClass, tutorialClaim, second]);
  assert.deepEqual(findingLines(objectNamed(report, 'ResourceQuota', 'pvc-lustre-dynprov-quota')), [
    'error spec.hard.azurelustre-dynprov.storageclass.storage.k8s.io/persistentvolumeclaims:25 these files ask for 2 claims of class azurelustre-dynprov in namespace default, the quota allows 1 claim',
  ]);
});

const statefulSet = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  replicas: 3
  template:
    spec:
      containers:
      - name: c
        volumeMounts: [{name: data, mountPath: /data}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec:
      accessModes: [ReadWriteMany]
      storageClassName: azurelustre-dynprov
      resources: {requests: {storage: 16Ti}}
`;

test("a StatefulSet's templates make a file system for each pod, and count against the quota", async () => {
  const report = await explainTexts([tutorialClass, statefulSet]);
  const claim = objectNamed(report, 'PersistentVolumeClaim', 'data-web-0');
  assert.match(propertyOf(claim, 'copies') ?? '', /^3, one for each pod/);
  assert.equal(objectNamed(report, 'StatefulSet', 'web').mounts[0]?.path, '/data');
  assert.match(
    findingLines(objectNamed(report, 'ResourceQuota', 'pvc-lustre-dynprov-quota')).join(),
    /ask for 3 claims/,
  );
});

const volume = `apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-lustre}
spec:
  capacity: {storage: 48Ti}
  accessModes: [ReadWriteMany]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: ""
  mountOptions: [noatime]
  csi:
    driver: azurelustre.csi.azure.com
    volumeHandle: my-lustre
    volumeAttributes:
      mgs-ip-address: 10.0.0.4
      sub-dir: pods/\${pod.metadata.name}
`;
const boundClaim = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: pvc-lustre-dynprov}
spec:
  accessModes: [ReadWriteMany]
  storageClassName: ""
  resources: {requests: {storage: 48Ti}}
`;

test('a hand-written volume is explained down to the directory of the pod that uses it', async () => {
  const report = await explainTexts([volume, boundClaim, tutorialPod]);
  assert.deepEqual([report.summary.errors, report.summary.warnings], [0, 0]);
  assert.equal(
    propertyOf(objectNamed(report, 'PersistentVolumeClaim', 'pvc-lustre-dynprov'), 'binds to'),
    'PersistentVolume pv-lustre',
  );
  assert.deepEqual(objectNamed(report, 'Pod', 'lustre-echo-date-dynprov').mounts[0], {
    container: 'lustre-echo-date-dynprov',
    path: '/mnt/lustre',
    claim: 'pvc-lustre-dynprov',
    source: '10.0.0.4@tcp:/lustrefs/pods/lustre-echo-date-dynprov',
    options: ['noatime'],
  });
});

test('a hand-written volume that cannot be mounted says at which attribute', async () => {
  const bad = volume.replace('mgs-ip-address: 10.0.0.4', 'mgs-ip-adress: 10.0.0.4').replace('pods/', '../');
  const report = await explainTexts([bad]);
  assert.deepEqual(findingLines(objectNamed(report, 'PersistentVolume', 'pv-lustre')), [
    'error spec.csi.volumeAttributes.mgs-ip-address:13 Context mgs-ip-address must be provided',
    'error spec.csi.volumeAttributes.sub-dir:15 Context sub-dir must be strict subpath',
  ]);
});

test('two volumes with one handle are told apart by nobody', async () => {
  const report = await explainTexts([volume, volume.replace('name: pv-lustre', 'name: twin')]);
  assert.match(
    findingLines(objectNamed(report, 'PersistentVolume', 'twin')).join(),
    /pv-lustre has the same volumeHandle/,
  );
});

test('a mount of a volume that the pod does not have is found', async () => {
  const report = await explainTexts([
    tutorialClass,
    tutorialClaim,
    tutorialPod.replace('- name: lustre-storage\n      mountPath', '- name: lustre-storag\n      mountPath'),
  ]);
  assert.deepEqual(errors(findingLines(objectNamed(report, 'Pod', 'lustre-echo-date-dynprov'))), [
    'error spec.containers.0.volumeMounts.0.name:14 the pod has no volume lustre-storag',
  ]);
});

test('whatever is in the fields, the answer is a report', async () => {
  const kinds = fc.constantFrom(
    'StorageClass',
    'PersistentVolumeClaim',
    'PersistentVolume',
    'StatefulSet',
    'ResourceQuota',
  );
  const anything = fc.dictionary(
    fc.constantFrom(
      'parameters',
      'mountOptions',
      'csi',
      'hard',
      'volumes',
      'template',
      'resources',
      'volumeClaimTemplates',
      'spec',
    ),
    fc.jsonValue(),
  );
  await fc.assert(
    fc.asyncProperty(kinds, anything, async (kind, spec) => {
      const object = {
        apiVersion: 'v1',
        kind,
        metadata: { name: 'x' },
        provisioner: 'azurelustre.csi.azure.com',
        spec,
        ...spec,
      };
      const report = await explainTexts([JSON.stringify(object)]);
      assert.equal(report.version, 1);
    }),
  );
});

test('a file without storage says so instead of nothing', async () => {
  const report = await explainTexts(['apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n']);
  assert.deepEqual(
    report.files.map(({ severity, message }) => `${severity} ${message}`),
    ['note nothing in it is about storage (ConfigMap)'],
  );
});
