import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { PersistentVolume } from '../../src/kube/objects.ts';
import { controlPlaneRefusal } from '../control-plane/open-control-plane.ts';
import { steps } from '../scenarios/provisioning-world.ts';
import { eventually } from '../testing/kubectl.ts';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { type Loops, openSidecarWorld } from './sidecar-world.ts';
import { sidecarRefusal } from './start-sidecars.ts';

/** A file system takes two seconds: long enough to change the loops in the middle of it. */
const timeScale = 360;

const called: Readonly<Record<Loops, string>> = {
  internal: 'Berth’s own loops',
  external: 'csi-provisioner',
};
const directions = [
  { before: 'external', after: 'internal' },
  { before: 'internal', after: 'external' },
] as const;

suite('volumes taken over', { skip: controlPlaneRefusal() || sidecarRefusal() }, () => {
  const world = openedForSuite((t) => openSidecarWorld(t, { timeScale }));
  const step = steps(world);

  for (const { before, after } of directions) {
    test(`what ${called[before]} made, ${called[after]} deletes, file system and all`, async () => {
      await world().switchTo(before);
      const claim = await step.claim(await step.namespace(), await step.storageClass());
      const { name = '' } = (await step.bound(claim)).metadata;
      await world().switchTo(after);
      await step.remove(claim);
      await step.gone(claim);
      await step.volumeGone(name);
      const left = (await step.fileSystems()).filter((one) => one.name === name);
      assert.deepEqual(left, []);
    });

    test(`a file system that ${called[before]} began, ${called[after]} finishes, once`, async () => {
      await world().switchTo(before);
      const claim = await step.claim(await step.namespace(), await step.storageClass());
      await eventually(
        () => step.fileSystemsOf(claim),
        ({ length }) => length === 1,
      );
      await world().switchTo(after);
      await step.bound(claim);
      assert.equal((await step.fileSystemsOf(claim)).length, 1);
    });
  }

  test('both write the same PersistentVolume, field for field', async () => {
    const classes = [
      await step.storageClass({ mountOptions: ['noatime', 'flock'] }),
      await step.storageClass({
        reclaimPolicy: 'Retain',
        parameters: { 'fs-name': 'lustrefs', 'mgs-ip-address': world().mgsAddress },
      }),
    ];
    const namespace = await step.namespace();
    const made = async (loops: Loops) => {
      await world().switchTo(loops);
      const claims = await Promise.all(classes.map((name) => step.claim(namespace, name)));
      return (await Promise.all(claims.map(step.bound))).map(comparable);
    };
    assert.deepEqual(await made('internal'), await made('external'));
  });
});

/** Without what differs between any two volumes. */
function comparable({ metadata, spec }: PersistentVolume): unknown {
  const { name = '', annotations, finalizers, labels } = metadata;
  const { claimRef, ...rest } = spec;
  const text = JSON.stringify({
    annotations,
    finalizers,
    labels,
    claimRef: Object.keys(claimRef ?? {}).toSorted(),
    spec: rest,
  });
  return JSON.parse(
    text
      .replaceAll(name, 'NAME')
      .replaceAll(claimRef?.name ?? name, 'CLAIM')
      .replaceAll(/"\d+-\d+-azurelustre\.csi\.azure\.com"/g, '"IDENTITY"')
      .replaceAll(/\b\d+\.\d+\.\d+\.\d+\b/g, 'ADDRESS'),
  );
}
