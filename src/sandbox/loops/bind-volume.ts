import type { PersistentVolume, PersistentVolumeClaim } from '../../kube/objects.ts';
import { persistentVolumeClaims, persistentVolumes } from '../../kube/resources.ts';
import { formatQuantity } from '../../units/quantity.ts';
import { BIND_COMPLETED } from './bind-claims.ts';
import { keyOf, type LoopPorts, nameOf } from './loop.ts';
import { capacityOf } from './match-volume.ts';

export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';

/**
 * Volume first, then claim, then both statuses: each step is skipped when it is done, so that a binding cut off anywhere is
 * finished by the next look, and a volume is never taken twice.
 */
export async function bindVolumeToClaim(
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
  { client }: Pick<LoopPorts, 'client'>,
): Promise<undefined> {
  const taken = await takeVolume(volume, claim, client);
  await setVolumePhase(taken, 'Bound', client);
  const bound = await nameVolumeInClaim(taken, claim, client);
  const capacity = taken.spec.capacity?.storage ?? formatQuantity(capacityOf(taken));
  const { accessModes = [] } = taken.spec;
  // Later sizes come from resizing, which has its own steps: here only the first one is written.
  if (bound.status?.phase === 'Bound' && bound.status.capacity !== undefined) return undefined;
  await client.patch(
    persistentVolumeClaims,
    nameOf(keyOf(bound)),
    { type: 'merge', body: { status: { phase: 'Bound', accessModes, capacity: { storage: capacity } } } },
    { subresource: 'status' },
  );
  return undefined;
}

async function takeVolume(
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
  client: LoopPorts['client'],
): Promise<PersistentVolume> {
  if (volume.spec.claimRef?.uid === claim.metadata.uid) return volume;
  const { namespace = '', name = '', uid = '', resourceVersion = '' } = claim.metadata;
  // Only a binding that Kubernetes chose itself may later be undone by it.
  const chosen = volume.spec.claimRef === undefined;
  return client.patch(
    persistentVolumes,
    { name: volume.metadata.name ?? '' },
    {
      type: 'merge',
      body: {
        metadata: {
          resourceVersion: volume.metadata.resourceVersion,
          ...(chosen && { annotations: { [BOUND_BY_CONTROLLER]: 'yes' } }),
        },
        spec: {
          claimRef: {
            apiVersion: 'v1',
            kind: 'PersistentVolumeClaim',
            namespace,
            name,
            uid,
            resourceVersion,
          },
        },
      },
    },
  );
}

async function nameVolumeInClaim(
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
  client: LoopPorts['client'],
): Promise<PersistentVolumeClaim> {
  if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) return claim;
  const chosen = !claim.spec.volumeName;
  return client.patch(persistentVolumeClaims, nameOf(keyOf(claim)), {
    type: 'merge',
    body: {
      metadata: {
        resourceVersion: claim.metadata.resourceVersion,
        annotations: { [BIND_COMPLETED]: 'yes', ...(chosen && { [BOUND_BY_CONTROLLER]: 'yes' }) },
      },
      spec: { volumeName: volume.metadata.name },
    },
  });
}

export async function setVolumePhase(
  volume: PersistentVolume,
  phase: 'Available' | 'Bound' | 'Released' | 'Failed',
  client: LoopPorts['client'],
  message?: string,
): Promise<void> {
  if (volume.status?.phase === phase) return;
  const status = {
    phase,
    lastPhaseTransitionTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    message: message ?? null,
  };
  await client.patch(
    persistentVolumes,
    { name: volume.metadata.name ?? '' },
    { type: 'merge', body: { status } },
    { subresource: 'status' },
  );
}
