import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { PersistentVolumeClaim } from '../../src/kube/objects.ts';
import { persistentVolumeClaims, persistentVolumes } from '../../src/kube/resources.ts';
import { annotations } from '../../src/provisioner/names.ts';
import { controlPlaneRefusal } from '../control-plane/open-control-plane.ts';
import { type Handled, steps } from '../scenarios/provisioning-world.ts';
import { eventually } from '../testing/kubectl.ts';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { type GrowingWorld, mostGiB, openGrowingWorld } from './growing-world.ts';
import type { Loops } from './sidecar-world.ts';
import { sidecarRefusal } from './start-sidecars.ts';

const everyLoops = ['internal', 'external'] as const;

suite('claims that grow, under Berth’s own loops and under csi-resizer', {
  skip: controlPlaneRefusal() || sidecarRefusal(),
}, () => {
  const world = openedForSuite<GrowingWorld>(openGrowingWorld);
  const step = steps(world);
  const client = () => world().client;

  const claimOf = async (loops: Loops, color: string): Promise<Handled> => {
    const storageClass = await step.storageClass({
      provisioner: world().driverOf(loops),
      parameters: { color },
      allowVolumeExpansion: true,
    });
    const resources = { requests: { storage: '2Gi' } };
    const claim = await step.claim(await step.namespace(), storageClass, { resources });
    await step.bound(claim);
    return claim;
  };
  const ask = (claim: Handled, storage: string) =>
    client().patch(persistentVolumeClaims, claim, {
      type: 'merge',
      body: { spec: { resources: { requests: { storage } } } },
    });
  const reaches = (claim: Handled, satisfies: (status: Status) => boolean) =>
    eventually(
      () => client().get(persistentVolumeClaims, claim),
      ({ status = {} }) => satisfies(status),
      15_000,
    );
  /**
   * What a user sees of it, without names and times. Of the conditions the newest: csi-resizer leaves `Resizing` beside
   * those that have followed it. Without the size before, which it writes only where its AnnotateFsResize gate is on.
   */
  const outcome = async (claim: Handled) => {
    const { spec, status } = await client().get(persistentVolumeClaims, claim);
    const volume = await client().get(persistentVolumes, { name: spec.volumeName ?? '' });
    const texts = (await step.events(claim)).map(({ text }) => text);
    return {
      claim: { ...status, conditions: status?.conditions?.at(-1)?.type },
      volume: volume.spec.capacity,
      annotations: Object.keys(volume.metadata.annotations ?? {})
        .filter((key) => key !== annotations.preResizeCapacity)
        .toSorted(),
      events: texts
        .filter((text) => /resiz/i.test(text))
        .map((text) => text.replaceAll(/pvc-[-\w]+|memory\.\w+\.example/g, 'NAME'))
        .toSorted(),
    };
  };
  const bothOutcomes = async (grow: (loops: Loops) => Promise<Handled>) => {
    const [internal, external] = await Promise.all(
      everyLoops.map(async (loops) => outcome(await grow(loops))),
    );
    assert.deepEqual(internal, external);
    return internal;
  };

  test('a claim has its new size, and the same is said of it', async () => {
    const outcome = await bothOutcomes(async (loops) => {
      const claim = await claimOf(loops, 'one-step');
      await ask(claim, '4Gi');
      await reaches(claim, ({ capacity }) => capacity?.storage === '4Gi');
      await said(claim, 'VolumeResizeSuccessful');
      return claim;
    });
    assert.equal(outcome?.volume?.storage, '4Gi');
  });

  test('a volume whose file system the node has to grow waits for it', async () => {
    const outcome = await bothOutcomes(async (loops) => {
      const claim = await claimOf(loops, 'two-steps');
      await ask(claim, '4Gi');
      await reaches(claim, ({ conditions }) => hasCondition(conditions, 'FileSystemResizePending'));
      await said(claim, 'FileSystemResizeRequired');
      return claim;
    });
    assert.equal(outcome?.claim.capacity?.storage, '2Gi');
  });

  test('a size that cannot be had is told on the claim; a smaller one is then taken', async () => {
    const claims: Handled[] = [];
    await bothOutcomes(async (loops) => {
      const claim = await claimOf(loops, 'one-step');
      await ask(claim, `${mostGiB + 1n}Gi`);
      await reaches(claim, ({ conditions }) => hasCondition(conditions, 'ControllerResizeError'));
      await said(claim, 'VolumeResizeFailed');
      claims.push(claim);
      return claim;
    });
    for (const claim of claims) {
      await ask(claim, '3Gi');
      await reaches(claim, ({ capacity }) => capacity?.storage === '3Gi');
    }
  });

  const said = (claim: Handled, reason: string) =>
    eventually(
      () => step.events(claim),
      (all) => all.some(({ text }) => text.includes(` ${reason} `)),
      15_000,
    );
});

type Status = NonNullable<PersistentVolumeClaim['status']>;

function hasCondition(conditions: Status['conditions'], type: string): boolean {
  return conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
}
