import type { PersistentVolume } from '../../kube/objects.ts';
import { persistentVolumeClaims, persistentVolumes } from '../../kube/resources.ts';
import { BOUND_BY_CONTROLLER, setVolumePhase } from './bind-volume.ts';
import { getIfThere, type Loop, type LoopPorts, on } from './loop.ts';

/**
 * Volumes' phases: what kube-controller-manager's persistentvolume-binder does for volumes. Deleting what is behind a
 * released volume is its driver's provisioner's business.
 */
export function releaseVolumes(ports: LoopPorts): Loop {
  const { cache, client } = ports;
  return {
    name: 'release-volumes',
    triggers: [
      on(persistentVolumes, (volume) => [volume.metadata.name ?? '']),
      on(persistentVolumeClaims, (claim) => [
        ...(claim.spec.volumeName ? [claim.spec.volumeName] : []),
        ...cache
          .list(persistentVolumes)
          .filter(({ spec }) => spec.claimRef?.uid === claim.metadata.uid)
          .map((volume) => volume.metadata.name ?? ''),
      ]),
    ],
    async reconcile(name) {
      const volume = await getIfThere(client, persistentVolumes, { name });
      if (volume !== undefined) await settle(volume, ports);
      return undefined;
    },
  };
}

async function settle(volume: PersistentVolume, ports: LoopPorts): Promise<void> {
  const { claimRef } = volume.spec;
  // Reserved by an administrator for a claim that has not come: as free as an unreserved one.
  if (claimRef?.name === undefined || claimRef.namespace === undefined || !claimRef.uid)
    return setVolumePhase(volume, 'Available', ports.client);
  const claim = await getIfThere(ports.client, persistentVolumeClaims, {
    namespace: claimRef.namespace,
    name: claimRef.name,
  });
  if (claim === undefined || claim.metadata.uid !== claimRef.uid) return release(volume, ports);
  if (claim.spec.volumeName === volume.metadata.name) return setVolumePhase(volume, 'Bound', ports.client);
  // The claim has taken another volume meanwhile.
  if (claim.spec.volumeName) return giveBack(volume, ports);
}

async function release(volume: PersistentVolume, { client, recordEvent }: LoopPorts): Promise<void> {
  if (volume.status?.phase === 'Failed') return;
  if (volume.spec.persistentVolumeReclaimPolicy !== 'Recycle')
    return setVolumePhase(volume, 'Released', client);
  const message =
    'the reclaim policy Recycle is not supported here: delete the volume, or set Retain or Delete';
  await setVolumePhase(volume, 'Failed', client, message);
  recordEvent(persistentVolumes, volume, { type: 'Warning', reason: 'VolumeFailedRecycle', message });
}

async function giveBack(volume: PersistentVolume, ports: LoopPorts): Promise<void> {
  const { resourceVersion, annotations = {} } = volume.metadata;
  const provisioned = annotations['pv.kubernetes.io/provisioned-by'] !== undefined;
  // A volume made for a claim that no longer wants it belongs to nobody.
  if (provisioned && volume.spec.persistentVolumeReclaimPolicy === 'Delete') return release(volume, ports);
  const chosen = annotations[BOUND_BY_CONTROLLER] !== undefined;
  const claimRef = chosen ? null : { uid: null, resourceVersion: null };
  await ports.client.patch(
    persistentVolumes,
    { name: volume.metadata.name ?? '' },
    {
      type: 'merge',
      body: {
        metadata: { resourceVersion, annotations: { [BOUND_BY_CONTROLLER]: null } },
        spec: { claimRef },
      },
    },
  );
}
