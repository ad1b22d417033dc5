import assert from 'node:assert/strict';
import { KubeError } from '../../src/kube/client.ts';
import type { PersistentVolumeClaim, StorageClass } from '../../src/kube/objects.ts';
import { persistentVolumeClaims, persistentVolumes } from '../../src/kube/resources.ts';
import type { ControllerWorld } from '../testing/controller-world.ts';
import { eventually } from '../testing/kubectl.ts';
import type { Life } from './strike.ts';

const common = {
  provisioner: 'azurelustre.csi.azure.com',
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'Immediate',
  allowVolumeExpansion: true,
} as const;

/** A file system for each claim. */
const dynamicClass: StorageClass = {
  metadata: { name: 'lustre' },
  ...common,
  parameters: {
    'sku-name': 'AMLFS-Durable-Premium-125',
    zone: '1',
    'maintenance-day-of-week': 'Sunday',
    'maintenance-time-of-day-utc': '22:00',
  },
};

/** A directory of a file system that is there already: nothing in Azure is made or removed. */
const staticClass: StorageClass = {
  metadata: { name: 'lustre-static' },
  ...common,
  parameters: {
    'mgs-ip-address': '10.1.1.1',
    'sub-dir': ['claims/', '{pvc.metadata.name}'].join('$'),
  },
};

export const storageClassesOfLives: readonly StorageClass[] = [dynamicClass, staticClass];

let claims = 0;

/** Makes a claim of a name of its own; returns it as the API server has it. */
export function makeClaim(
  { client }: ControllerWorld,
  storageClassName = 'lustre',
): Promise<PersistentVolumeClaim> {
  return client.create(persistentVolumeClaims, {
    metadata: { namespace: 'default', name: `claim-${++claims}` },
    spec: {
      accessModes: ['ReadWriteMany'],
      storageClassName,
      resources: { requests: { storage: '48Ti' } },
    },
  });
}

/** A claim that is made, bound and deleted, and takes with it what was made for it. */
function boundAndDeleted(
  storageClass: StorageClass,
  madePerClaim: number,
  meanwhile: (world: ControllerWorld, claim: string, volume: string) => Promise<void> = async () => {},
): Life['run'] {
  return async (world) => {
    const { client } = world;
    const foreign = (await world.fileSystems('all')).filter((name) => !name.startsWith('pvc-'));
    const { name = '', uid } = (await makeClaim(world, storageClass.metadata.name)).metadata;
    const volume = `pvc-${uid}`;
    await eventually(
      () => client.get(persistentVolumeClaims, { namespace: 'default', name }),
      ({ status }) => status?.phase === 'Bound',
    );
    assert.deepEqual(await world.fileSystems(), madePerClaim === 0 ? [] : [volume]);
    const objects = await client.list(persistentVolumes);
    assert.deepEqual(
      objects.items.map(({ metadata }) => metadata.name),
      [volume],
    );
    await meanwhile(world, name, volume);

    await client.delete(persistentVolumeClaims, { namespace: 'default', name });
    await eventually(
      () => client.get(persistentVolumes, { name: volume }).catch(unlessGone),
      (object) => object === undefined,
    );
    await eventually(world.fileSystems, (names) => names.length === 0);
    assert.deepEqual(await world.fileSystems('all'), foreign, 'what is not Berth’s has to stay');
  };
}

/** Asks for a larger volume, and waits until claim and PersistentVolume have it. */
async function grow({ client }: ControllerWorld, name: string, volume: string): Promise<void> {
  const claim = { namespace: 'default', name };
  const body = { spec: { resources: { requests: { storage: '64Ti' } } } };
  await client.patch(persistentVolumeClaims, claim, { type: 'merge', body });
  await eventually(
    () => client.get(persistentVolumeClaims, claim),
    ({ status }) => status?.capacity?.storage === '64Ti',
  );
  const { spec } = await client.get(persistentVolumes, { name: volume });
  assert.equal(spec.capacity?.storage, '64Ti');
}

export function unlessGone(error: unknown): undefined {
  if (!(error instanceof KubeError && error.reason === 'NotFound')) throw error;
}

/** Whoever adds a way in which volumes change adds its life here; its steps are found by living it. */
export const lives: readonly (Life & { readonly mustHave: readonly RegExp[] })[] = [
  {
    name: 'a claim of a file system of its own',
    run: boundAndDeleted(dynamicClass, 1),
    creations: 1,
    mustHave: [/^PUT .*amlFilesystems/, /^POST .*persistentvolumes/, /^DELETE .*amlFilesystems/],
  },
  {
    name: 'a claim that grows',
    run: boundAndDeleted(dynamicClass, 1, grow),
    creations: 1,
    expansions: 1,
    struckAt: /expansionJobs|persistentvolumeclaims/,
    mustHave: [
      /^GET .*expansionJobs/,
      /^PUT .*expansionJobs/,
      /^PATCH persistentvolumes/,
      /^PATCH .*persistentvolumeclaims.*status/,
    ],
  },
  {
    name: 'a claim of a directory of a file system that exists',
    run: boundAndDeleted(staticClass, 0),
    creations: 0,
    mustHave: [/^POST .*persistentvolumes/, /^DELETE .*persistentvolumes/],
  },
];
