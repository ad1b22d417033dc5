import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  namespaces,
  persistentVolumeClaims,
  persistentVolumes,
  resourceQuotas,
  storageClasses,
} from '../../src/kube/resources.ts';
import { eventually } from '../testing/kubectl.ts';
import { driver, dynamicParameters, type ProvisioningWorld, steps } from './provisioning-world.ts';

/** What a user of `berth controller` relies on, on whatever cluster it runs and whichever loops call it. */
export function provisioningScenarios(world: () => ProvisioningWorld): void {
  const step = steps(world);
  const client = () => world().client;

  test('a claim gets a file system of its own and is Bound; with the claim both go', async () => {
    const namespace = await step.namespace();
    const claim = await step.claim(namespace, await step.storageClass());
    const volume = await step.bound(claim);
    assert.equal(volume.spec.csi?.driver, driver);
    assert.equal(volume.spec.capacity?.storage, '48Ti');
    assert.equal(volume.spec.persistentVolumeReclaimPolicy, 'Delete');
    assert.match(volume.metadata.annotations?.['pv.kubernetes.io/provisioned-by'] ?? '', /azurelustre/);
    const [fileSystem, ...others] = await step.fileSystemsOf(claim);
    assert.equal(fileSystem?.properties.provisioningState, 'Succeeded');
    assert.deepEqual(others, []);
    const texts = (await step.events(claim)).map(({ text }) => text);
    for (const wanted of [
      /^Normal ExternalProvisioning .*'azurelustre\.csi\.azure\.com'/,
      /^Normal Provisioning External provisioner is provisioning volume for claim/,
      /^Normal ProvisioningSucceeded Successfully provisioned volume pvc-/,
    ])
      assert.ok(
        texts.some((text) => wanted.test(text)),
        `${wanted} in ${texts.join('\n')}`,
      );

    await step.remove(claim);
    await step.gone(claim);
    await step.volumeGone(volume.metadata.name ?? '');
    assert.deepEqual(
      (await step.fileSystems()).filter(({ name }) => name === fileSystem?.name),
      [],
    );
  });

  test('with reclaimPolicy Retain the file system and its volume stay', async () => {
    const namespace = await step.namespace();
    const claim = await step.claim(namespace, await step.storageClass({ reclaimPolicy: 'Retain' }));
    const { metadata } = await step.bound(claim);
    const name = metadata.name ?? '';
    await step.remove(claim);
    await step.gone(claim);
    const phase = async () => (await client().get(persistentVolumes, { name })).status?.phase;
    await eventually(phase, (value) => value === 'Released', 10_000);
    assert.equal((await step.fileSystems()).filter((one) => one.name === name).length, 1);
    await client().delete(persistentVolumes, { name });
    await step.volumeGone(name);
    assert.equal((await step.fileSystems()).filter((one) => one.name === name).length, 1);
  });

  test('a claim on an existing file system is Bound at once and creates nothing', async () => {
    const namespace = await step.namespace();
    const storageClass = await step.storageClass({
      parameters: { 'fs-name': 'lustrefs', 'mgs-ip-address': world().mgsAddress },
      reclaimPolicy: 'Retain',
      mountOptions: ['noatime', 'flock'],
    });
    const before = (await step.fileSystems()).length;
    const claim = await step.claim(namespace, storageClass);
    const volume = await step.bound(claim);
    assert.deepEqual(volume.spec.mountOptions, ['noatime', 'flock']);
    assert.equal(volume.spec.csi?.volumeAttributes?.['mgs-ip-address'], world().mgsAddress);
    assert.equal((await step.fileSystems()).length, before);
    await step.remove(claim);
    await step.gone(claim);
  });

  test('a hand-written volume binds to the claim that names it, without the provisioner', async () => {
    const namespace = await step.namespace();
    const name = await step.handWrittenVolume({ 'mgs-ip-address': world().mgsAddress });
    const claim = await step.claim(namespace, '', { volumeName: name });
    const volume = await step.bound(claim);
    assert.equal(volume.metadata.name, name);
    assert.deepEqual(
      (await step.events(claim)).filter(({ text }) => /provision/i.test(text)),
      [],
    );
  });

  test('a quota on the class refuses the claim beyond it by the quota’s name', async () => {
    const namespace = await step.namespace();
    const storageClass = await step.storageClass({
      parameters: { 'fs-name': 'lustrefs', 'mgs-ip-address': world().mgsAddress },
    });
    const hard = { [`${storageClass}.storageclass.storage.k8s.io/persistentvolumeclaims`]: '1' };
    await client().create(resourceQuotas, { metadata: { namespace, name: 'one' }, spec: { hard } });
    const counted = () => client().get(resourceQuotas, { namespace, name: 'one' });
    await eventually(counted, ({ status }) => (status as { used?: object } | undefined)?.used !== undefined);
    const first = await step.claim(namespace, storageClass);
    await assert.rejects(
      step.claim(namespace, storageClass),
      (error: { status?: number; message?: string }) => {
        assert.equal(error.status, 403);
        assert.match(error.message ?? '', /exceeded quota: one, requested: .*=1, used: .*=1, limited: .*=1/);
        return true;
      },
    );
    await step.bound(first);
  });

  test('a wrong class parameter becomes an event that names it, nothing is created, and nobody is asked again and again', async () => {
    const namespace = await step.namespace();
    const storageClass = await step.storageClass({ parameters: { ...dynamicParameters, 'sku-nam': 'x' } });
    const claim = await step.claim(namespace, storageClass);
    const failures = async () =>
      (await step.events(claim)).filter(({ text }) => text.startsWith('Warning ProvisioningFailed'));
    const [first] = await eventually(failures, ({ length }) => length > 0, 10_000);
    assert.match(first?.text ?? '', /InvalidArgument.*sku-nam/);
    // As long as another file system takes; whoever held the refusal for a passing one would try twice and more meanwhile.
    await step.bound(await step.claim(namespace, await step.storageClass()));
    const tries = (await failures()).reduce((sum, { count }) => sum + count, 0);
    assert.equal(tries, 1);
    assert.deepEqual(await step.fileSystemsOf(claim), []);
    await step.remove(claim);
    await step.gone(claim);
  });

  test('a claim deleted while its file system is being made leaves no file system', async () => {
    const namespace = await step.namespace();
    const claim = await step.claim(namespace, await step.storageClass());
    const [made] = await eventually(
      () => step.fileSystemsOf(claim),
      ({ length }) => length === 1,
      15_000,
    );
    await step.remove(claim);
    await step.gone(claim);
    const left = async () => (await step.fileSystems()).filter(({ name }) => name === made?.name);
    await eventually(left, ({ length }) => length === 0, 30_000);
    await step.volumeGone(made?.name ?? '');
  });

  test('a namespace deleted with its claims takes their file systems along', async () => {
    const namespace = await step.namespace();
    const storageClass = await step.storageClass();
    const claims = [await step.claim(namespace, storageClass), await step.claim(namespace, storageClass)];
    const volumes = await Promise.all(claims.map(step.bound));
    await client().delete(namespaces, { name: namespace });
    for (const { metadata } of volumes) await step.volumeGone(metadata.name ?? '');
    const names = volumes.map(({ metadata }) => metadata.name);
    assert.deepEqual(
      (await step.fileSystems()).filter(({ name }) => names.includes(name)),
      [],
    );
    await eventually(
      () =>
        client()
          .get(namespaces, { name: namespace })
          .then(
            () => true,
            () => false,
          ),
      (found) => !found,
      30_000,
    );
  });

  test('a controller killed during a create and during the delete makes one file system and leaves none', async () => {
    const namespace = await step.namespace();
    const claim = await step.claim(namespace, await step.storageClass());
    await eventually(
      () => step.fileSystemsOf(claim),
      ({ length }) => length === 1,
      15_000,
    );
    await world().killController();
    await step.bound(claim);
    assert.equal((await step.fileSystemsOf(claim)).length, 1);
    const volume = await step.bound(claim);
    await step.remove(claim);
    const left = async () => (await step.fileSystems()).filter(({ name }) => name === volume.metadata.name);
    await eventually(left, ([one]) => one?.properties.provisioningState !== 'Succeeded');
    await world().killController();
    await step.volumeGone(volume.metadata.name ?? '');
    assert.deepEqual(await left(), []);
  });

  test('growing a claim of a class without allowVolumeExpansion is refused by the API server', async () => {
    const namespace = await step.namespace();
    const storageClass = await step.storageClass({
      parameters: { 'fs-name': 'lustrefs', 'mgs-ip-address': world().mgsAddress },
    });
    const claim = await step.claim(namespace, storageClass);
    await step.bound(claim);
    const body = { spec: { resources: { requests: { storage: '64Ti' } } } };
    await assert.rejects(client().patch(persistentVolumeClaims, claim, { type: 'merge', body }), {
      status: 403,
      message:
        /only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize/,
    });
  });
}

/** What Berth's own loops do beyond the standard sidecars. */
export function berthOwnScenarios(world: () => ProvisioningWorld): void {
  const step = steps(world);
  const client = () => world().client;

  test('a class made anew with right parameters is taken up without touching the claim', async () => {
    const namespace = await step.namespace();
    const name = await step.storageClass({ parameters: { 'fs-name': 'lustrefs', wrong: 'x' } });
    const claim = await step.claim(namespace, name);
    await eventually(
      () => step.events(claim),
      (all) => all.some(({ text }) => /ProvisioningFailed/.test(text)),
    );
    await client().delete(storageClasses, { name });
    await client().create(storageClasses, {
      metadata: { name },
      provisioner: driver,
      parameters: { 'fs-name': 'lustrefs', 'mgs-ip-address': world().mgsAddress },
    });
    await step.bound(claim);
  });
}
