import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { openCloudView } from '../../demo/cloud-view.ts';
import { systemClock } from '../../src/async/clock.ts';
import { KubeError } from '../../src/kube/client.ts';
import { kubeconfigConfig } from '../../src/kube/kubeconfig.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import { openKubeClient } from '../../src/kube/open-kube-client.ts';
import {
  events,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  type Resource,
  storageClasses,
} from '../../src/kube/resources.ts';
import { berth } from '../testing/berth.ts';
import { eventually } from '../testing/kubectl.ts';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { mountRefusal, startSandbox } from '../testing/sandbox.ts';
import { badManifests, manifestText } from './bad-manifests.ts';

const resources: Readonly<Record<string, Resource>> = {
  StorageClass: storageClasses,
  PersistentVolumeClaim: persistentVolumeClaims,
  PersistentVolume: persistentVolumes,
  Pod: pods,
};
const namespace = 'default';

suite('a wrong manifest', () => {
  const world = openedForSuite(async (t) => {
    const sandbox = await startSandbox(t, ['--time-scale', '7200']);
    const { azure } = sandbox.info.clouds;
    const directory = await mkdtemp(join(tmpdir(), 'berth-bad-'));
    t.after(() => rm(directory, { recursive: true }));
    const file = join(directory, 'wrong.yaml');
    await writeFile(file, manifestText(badManifests, azure.mgsAddress));
    const client = openKubeClient(
      await kubeconfigConfig({ path: sandbox.info.kubeconfig, clock: systemClock }),
    );
    const create = async (object: KubeObject) => {
      const resource = resources[String(object.kind)];
      assert.ok(resource);
      if (resource.namespaced) object.metadata.namespace = namespace;
      await client.create(resource, object);
    };
    for (const document of parseAllDocuments(await readFile(file, 'utf8'))) await create(document.toJS());
    const explained = await berth(['explain', '-f', file, '-o', 'json']);
    const cloud = openCloudView(azure, await readFile(sandbox.info.caFile, 'utf8'), systemClock);
    return { sandbox, client, create, cloud, file, explained };
  });

  for (const { name, toldBy, event, field } of badManifests) {
    const skip = (toldBy === 'Pod' && mountRefusal()) || false;
    test(`${name}: an event of the ${toldBy} says what is wrong and what is allowed`, { skip }, async () => {
      await eventually(
        async () => {
          const { items } = await world().client.list(events, {
            namespace,
            fieldSelector: `involvedObject.kind=${toldBy},involvedObject.name=${name}`,
          });
          return items.filter(({ type }) => type === 'Warning').map(({ message }) => message);
        },
        (messages) => messages.some((message) => event.test(message)),
        20_000,
      );
    });
    if (field === undefined) continue;
    test(`${name}: berth explain finds it before, at ${field}`, () => {
      const { exitCode, stdout } = world().explained;
      assert.equal(exitCode, 1);
      const objects: readonly { name: string; findings: readonly { severity: string; field: string }[] }[] =
        JSON.parse(stdout).objects;
      const found = objects
        .filter((object) => object.name === name)
        .flatMap(({ findings }) => findings.filter(({ severity }) => severity !== 'note'));
      assert.ok(
        found.some((finding) => finding.field === field),
        JSON.stringify(found),
      );
    });
  }

  test('a zone without quotes is refused by the API server, and explain says to quote it', async (t) => {
    const text = `${JSON.stringify({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'unquoted' },
      provisioner: 'azurelustre.csi.azure.com',
      parameters: { zone: 1 },
    })}\n`;
    await assert.rejects(
      world().create(JSON.parse(text)),
      (error: Error) =>
        error instanceof KubeError &&
        error.status === 400 &&
        /cannot unmarshal number into .*parameters of type string/.test(error.message),
    );
    const directory = await mkdtemp(join(tmpdir(), 'berth-bad-'));
    t.after(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, 'unquoted.yaml'), text);
    const explained = await berth(['explain', '-f', join(directory, 'unquoted.yaml')]);
    assert.equal(explained.exitCode, 1);
    assert.match(explained.stdout, /parameters\.zone.*cannot unmarshal number[\s\S]*quote it: zone: "1"/);
  });

  test('nothing of all this was created, in the cloud or on the file system that is there', async () => {
    assert.deepEqual(
      (await world().cloud.list()).map(({ name }) => name),
      ['my-filesystem'],
    );
    const { stateDir, info } = world().sandbox;
    assert.equal(existsSync(join(stateDir, 'lustre', info.clouds.azure.mgsAddress, 'data/claims')), false);
  });

  test('what can never succeed is asked for once, what may pass later and later', async () => {
    const log = await readFile(join(world().sandbox.stateDir, 'logs/controller.log'), 'utf8');
    const calls = new Map<string, number>();
    for (const line of log.split('\n').filter((one) => one.startsWith('{'))) {
      const { rpc, msg, request } = JSON.parse(line);
      if (rpc !== 'CreateVolume' || msg !== 'called') continue;
      const claim: string = request.parameters['csi.storage.k8s.io/pvc/name'];
      calls.set(claim, (calls.get(claim) ?? 0) + 1);
    }
    for (const { name, toldBy, mayPass = false } of badManifests) {
      if (toldBy === 'Pod' || name === 'no-class') continue;
      const count = calls.get(name) ?? 0;
      // Doubling from a second on, half a minute has room for five tries.
      assert.ok(
        mayPass ? count >= 1 && count <= 7 : count === 1,
        `${name}: CreateVolume called ${count} times`,
      );
    }
  });
});
