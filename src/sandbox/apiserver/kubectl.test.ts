import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Kubectl, kubectlFor, kubectlMissing } from './testing/kubectl.ts';
import { processRuntime } from './testing/process-runtime.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

const skip = kubectlMissing() ?? false;

let server: TestServer;
let kubectl: Kubectl;
before(async () => {
  server = await startTestServer({ runtime: processRuntime(['Sat Nov 21', 'Sun Nov 22']) });
  kubectl = kubectlFor(server.kubeconfig);
});
after(() => server.close());

/** Standard output of a command that has to succeed. */
async function run(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await kubectl(args);
  assert.equal(code, 0, `kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

async function apply(manifest: object, ...more: string[]): Promise<string> {
  const { code, stdout, stderr } = await kubectl(['apply', ...more, '-f', '-'], JSON.stringify(manifest));
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

/** What kubectl says on standard error when it fails. */
async function refusal(args: readonly string[], manifest?: object): Promise<string> {
  const { code, stderr } = await kubectl(args, manifest === undefined ? '' : JSON.stringify(manifest));
  assert.notEqual(code, 0, 'succeeded');
  return stderr;
}

const storageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'lustre' },
  provisioner: 'azurelustre.csi.azure.com',
  parameters: { 'sku-name': 'AMLFS-Durable-Premium-125' },
};
const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data' },
  spec: {
    accessModes: ['ReadWriteMany'],
    storageClassName: 'lustre',
    resources: { requests: { storage: '48Ti' } },
  },
};
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'echo' },
  spec: {
    containers: [
      { name: 'echo', image: 'nginx:1.15', volumeMounts: [{ name: 'v', mountPath: '/mnt/lustre' }] },
    ],
    volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
  },
};

describe('the real kubectl', { skip, timeout: 120_000 }, () => {
  test('applies, and finds nothing to do the second time', async () => {
    assert.equal(await apply(storageClass), 'storageclass.storage.k8s.io/lustre created');
    assert.equal(await apply(claim), 'persistentvolumeclaim/data created');
    assert.equal(await apply(pod), 'pod/echo created');
    assert.equal(await apply(storageClass), 'storageclass.storage.k8s.io/lustre unchanged');
    assert.equal(await apply(pod), 'pod/echo unchanged');
  });

  test('applies the items of a List, and refuses a field that their kind does not have', async () => {
    const settings = (name: string, data: object) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      ...data,
    });
    const list = (...items: object[]) => ({ apiVersion: 'v1', kind: 'List', items });
    const one = settings('one', { data: { a: 'b' } });
    assert.equal(await apply(list(one, settings('two', {}))), 'configmap/one created\nconfigmap/two created');
    await assert.rejects(apply(list(settings('three', { dada: {} }))), /unknown field "dada"/);
  });

  test('shows the columns of a real cluster', async () => {
    const [header = '', row = ''] = (await run('get', 'pvc')).split('\n');
    assert.match(
      header,
      /^NAME +STATUS +VOLUME +CAPACITY +ACCESS MODES +STORAGECLASS +VOLUMEATTRIBUTESCLASS +AGE$/,
    );
    assert.match(row, /^data +Pending +lustre +<unset> +\d+s$/);
    assert.match(
      await run('get', 'sc'),
      /^NAME +PROVISIONER +RECLAIMPOLICY +VOLUMEBINDINGMODE +ALLOWVOLUMEEXPANSION +AGE\nlustre +azurelustre\.csi\.azure\.com +Delete +Immediate +false +\d+s/,
    );
    assert.match(
      await run('get', 'pods', '-o', 'wide'),
      /^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\necho +0\/1 +Pending +0 +\d+s +<none>/,
    );
  });

  test('describes a claim with its users and events', async () => {
    const { metadata } = JSON.parse(await run('get', 'pvc', 'data', '-o', 'json'));
    const involvedObject = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      name: 'data',
      namespace: 'default',
      uid: metadata.uid,
    };
    await server.request('POST', '/api/v1/namespaces/default/events', {
      metadata: { name: 'data.1' },
      involvedObject,
      type: 'Normal',
      reason: 'ExternalProvisioning',
      message:
        "Waiting for a volume to be created either by the external provisioner 'azurelustre.csi.azure.com'",
      source: { component: 'persistentvolume-controller' },
      count: 3,
      lastTimestamp: '2026-01-01T00:00:00Z',
    });
    const text = await run('describe', 'pvc', 'data');
    assert.match(text, /^Used By: +echo$/m);
    assert.match(
      text,
      /Normal +ExternalProvisioning .* persistentvolume-controller +Waiting for a volume to be created/,
    );
    assert.match(await run('events', '--for', 'pvc/data'), /ExternalProvisioning/);
    assert.match(await run('describe', 'pod', 'echo'), /ClaimName: +data/);
  });

  test('reports what is wrong as on a real cluster', async () => {
    const unknown = { ...claim, spec: { ...claim.spec, foo: 1 } };
    assert.match(
      await refusal(['create', '-f', '-'], unknown),
      /strict decoding error: unknown field "spec\.foo"/,
    );
    const bare = { ...claim, metadata: { name: 'bare' }, spec: {} };
    assert.match(
      await refusal(['create', '-f', '-'], bare),
      /^The PersistentVolumeClaim "bare" is invalid: \n\* spec\.accessModes: Required value/,
    );
    const other = { ...storageClass, parameters: { a: 'b' } };
    assert.match(
      await refusal(['apply', '-f', '-'], other),
      /^The StorageClass "lustre" is invalid: parameters: Invalid value: \{"a":"b"\}: field is immutable/,
    );
    assert.match(
      await refusal(['get', 'pod', 'nope']),
      /^Error from server \(NotFound\): pods "nope" not found/,
    );
  });

  test('reads logs and runs commands', async () => {
    assert.equal(await run('logs', '-f', 'echo'), 'Sat Nov 21\nSun Nov 22\n');
    assert.equal(await run('exec', 'echo', '--', 'printf', '%s', 'hello'), 'hello');
    assert.deepEqual((await kubectl(['exec', '-i', 'echo', '--', 'cat'], 'through')).stdout, 'through');
    assert.deepEqual((await kubectl(['exec', 'echo', '--', 'sh', '-c', 'exit 3'])).code, 3);
  });

  test('labels, annotates and patches in every way', async () => {
    await run('label', 'pvc', 'data', 'a=b');
    await run('annotate', 'pvc', 'data', 'c=d');
    await run(
      'patch',
      'pvc',
      'data',
      '--type=json',
      '-p',
      '[{"op":"replace","path":"/metadata/labels/a","value":"e"}]',
    );
    assert.equal(
      await run('get', 'pvc', '-l', 'a=e', '-o', 'jsonpath={.items[*].metadata.annotations.c}'),
      'd',
    );
  });

  test('creates by its own generators, which send protobuf', async () => {
    await run('create', 'secret', 'generic', 'azure-secret', '--from-literal=key=value');
    assert.equal(await run('get', 'secret', 'azure-secret', '-o', 'jsonpath={.data.key}'), 'dmFsdWU=');
    await run('create', 'deployment', 'web', '--image=nginx', '--replicas=2', '--port=80');
    await run('scale', 'deployment', 'web', '--replicas=3');
    assert.match(await run('get', 'deployment', 'web'), /^web +0\/3 +0 +0 +/m);
    await run('create', 'namespace', 'other');
    await run('create', 'quota', 'q', '--hard=persistentvolumeclaims=1', '-n', 'other');
    assert.equal((await run('auth', 'can-i', 'create', 'pods')).trim(), 'yes');
  });

  test('applies on the server’s side, also what it applied before without', async () => {
    const replicas = (count: number) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'ssa' },
      spec: {
        replicas: count,
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i:1' }] } },
      },
    });
    await apply(replicas(1));
    assert.equal(await apply(replicas(2), '--server-side'), 'deployment.apps/ssa serverside-applied');
    assert.match(
      await refusal(['apply', '--server-side', '--field-manager=other', '-f', '-'], replicas(3)),
      /Apply failed with 1 conflict: conflict with "kubectl": \.spec\.replicas/,
    );
    await apply(replicas(3), '--server-side', '--field-manager=other', '--force-conflicts');
    assert.equal(await run('get', 'deployment', 'ssa', '-o', 'jsonpath={.spec.replicas}'), '3');
  });

  test('explains fields', async () => {
    assert.match(
      await run('explain', 'pvc.spec'),
      /accessModes\t<\[\]string>\n +How the volume is used: ReadWriteOnce/,
    );
    assert.match(await run('explain', 'storageclass.parameters'), /Fixed after creation/);
  });

  test('waits for a custom resource’s definition and shows its columns', async () => {
    const names = { plural: 'drivers', kind: 'Driver', singular: 'driver' };
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    const additionalPrinterColumns = [{ name: 'State', type: 'string', jsonPath: '.spec.state' }];
    const versions = [{ name: 'v1', served: true, storage: true, schema, additionalPrinterColumns }];
    await apply({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'drivers.example.com' },
      spec: { group: 'example.com', scope: 'Cluster', names, versions },
    });
    await run('wait', '--for=condition=Established', 'crd/drivers.example.com', '--timeout=10s');
    await apply({
      apiVersion: 'example.com/v1',
      kind: 'Driver',
      metadata: { name: 'efs' },
      spec: { state: 'Managed' },
    });
    assert.match(await run('get', 'driver'), /^NAME +STATE\nefs +Managed/);
  });

  test('deletes and waits until it is gone', async () => {
    assert.match(await run('delete', 'pod', 'echo'), /^pod "echo" deleted/);
    const deleting = run('delete', 'pvc', 'data');
    await run('wait', '--for=jsonpath={.metadata.deletionTimestamp}', 'pvc/data', '--timeout=10s');
    await run('patch', 'pvc', 'data', '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
    assert.match(await deleting, /^persistentvolumeclaim "data" deleted/);
    assert.match(await run('get', 'all'), /deployment\.apps\/web/);
  });
});
