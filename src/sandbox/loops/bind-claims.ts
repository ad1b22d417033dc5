import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../kube/objects.ts';
import { persistentVolumeClaims, persistentVolumes, pods, storageClasses } from '../../kube/resources.ts';
import { bindVolumeToClaim } from './bind-volume.ts';
import { getIfThere, keyOf, type Loop, type LoopPorts, nameOf, on } from './loop.ts';
import { classOf, findVolume, isReservedFor, mismatch } from './match-volume.ts';

export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const PROVISIONER = 'volume.kubernetes.io/storage-provisioner';
const BETA_PROVISIONER = 'volume.beta.kubernetes.io/storage-provisioner';

/** How often a waiting claim is told again that it waits, as kube-controller-manager's resync does. */
const REMIND_MS = 15_000;

/** Claims to volumes: what kube-controller-manager's persistentvolume-binder does for claims. */
export function bindClaims(ports: LoopPorts): Loop {
  const { cache, client } = ports;

  return {
    name: 'bind-claims',
    triggers: [
      on(persistentVolumeClaims, (claim) => [keyOf(claim)]),
      // A volume that comes free, or is made for a claim, may be what some waiting claim needs.
      on(persistentVolumes, (volume) => {
        const { namespace, name } = volume.spec.claimRef ?? {};
        if (namespace !== undefined && name !== undefined) return [`${namespace}/${name}`];
        return waitingClaims().map(keyOf);
      }),
      on(storageClasses, (storageClass) =>
        waitingClaims()
          .filter((claim) => classOf(claim) === storageClass.metadata.name)
          .map(keyOf),
      ),
      on(pods, () => []),
    ],
    async reconcile(key) {
      const claim = await getIfThere(client, persistentVolumeClaims, nameOf(key));
      if (claim === undefined) return undefined;
      if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) return keepBound(claim, ports);
      if (claim.metadata.deletionTimestamp !== undefined) return undefined;
      return claim.spec.volumeName
        ? bindToNamed(claim, claim.spec.volumeName, ports)
        : findOrWait(claim, ports);
    },
  };

  function waitingClaims(): PersistentVolumeClaim[] {
    return cache
      .list(persistentVolumeClaims)
      .filter((claim) => claim.metadata.annotations?.[BIND_COMPLETED] === undefined);
  }
}

async function findOrWait(claim: PersistentVolumeClaim, ports: LoopPorts) {
  const { cache, recordEvent } = ports;
  const storageClass = await classObject(claim, ports);
  const delayed = waitsForPod(claim, storageClass);
  const volume = findVolume(claim, cache.list(persistentVolumes), delayed);
  if (volume !== undefined) return bindVolumeToClaim(volume, claim, ports);
  await setPending(claim, ports);
  if (delayed) {
    recordEvent(
      persistentVolumeClaims,
      claim,
      waitingForPod(claim, cache.list(pods, claim.metadata.namespace)),
    );
  } else if (classOf(claim) === '') {
    const message = 'no persistent volumes available for this claim and no storage class is set';
    recordEvent(persistentVolumeClaims, claim, { type: 'Normal', reason: 'FailedBinding', message });
  } else {
    await askProvisioner(claim, storageClass, ports);
  }
  return { requeueAfterMs: REMIND_MS };
}

/** Read from the server: one made a moment before its claim would otherwise be reported missing. */
async function classObject(
  claim: PersistentVolumeClaim,
  { client }: LoopPorts,
): Promise<StorageClass | undefined> {
  const name = classOf(claim);
  return name === '' ? undefined : getIfThere(client, storageClasses, { name });
}

function waitsForPod(claim: PersistentVolumeClaim, storageClass: StorageClass | undefined): boolean {
  return (
    storageClass?.volumeBindingMode === 'WaitForFirstConsumer' &&
    claim.metadata.annotations?.[SELECTED_NODE] === undefined
  );
}

function waitingForPod(claim: PersistentVolumeClaim, candidates: readonly Pod[]) {
  const user = candidates.find((pod) => usesClaim(pod, claim.metadata.name ?? ''));
  return user === undefined
    ? {
        type: 'Normal' as const,
        reason: 'WaitForFirstConsumer',
        message: 'waiting for first consumer to be created before binding',
      }
    : {
        type: 'Normal' as const,
        reason: 'WaitForPodScheduled',
        message: `waiting for pod ${user.metadata.name} to be scheduled`,
      };
}

export function usesClaim(pod: Pod, claimName: string): boolean {
  return (pod.spec.volumes ?? []).some((volume) => volume.persistentVolumeClaim?.claimName === claimName);
}

/** The annotations are the request; the event tells the user who is waited for. */
async function askProvisioner(
  claim: PersistentVolumeClaim,
  storageClass: StorageClass | undefined,
  { client, recordEvent }: LoopPorts,
): Promise<void> {
  const failed = (message: string) =>
    recordEvent(persistentVolumeClaims, claim, { type: 'Warning', reason: 'ProvisioningFailed', message });
  if (storageClass === undefined) return failed(`storageclass.storage.k8s.io "${classOf(claim)}" not found`);
  const { provisioner } = storageClass;
  if (provisioner.startsWith('kubernetes.io/'))
    return failed(`no volume plugin matched name: ${provisioner}`);
  if (claim.metadata.annotations?.[PROVISIONER] !== provisioner) {
    await client.patch(persistentVolumeClaims, nameOf(keyOf(claim)), {
      type: 'merge',
      body: {
        metadata: {
          resourceVersion: claim.metadata.resourceVersion,
          annotations: { [PROVISIONER]: provisioner, [BETA_PROVISIONER]: provisioner },
        },
      },
    });
  }
  const message = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
  recordEvent(persistentVolumeClaims, claim, { type: 'Normal', reason: 'ExternalProvisioning', message });
}

/** The user named the volume: that one or none. */
async function bindToNamed(claim: PersistentVolumeClaim, volumeName: string, ports: LoopPorts) {
  const { client, recordEvent } = ports;
  const refuse = async (reason: string, message: string) => {
    recordEvent(persistentVolumeClaims, claim, { type: 'Warning', reason, message });
    await setPending(claim, ports);
    return { requeueAfterMs: REMIND_MS };
  };
  const volume = await getIfThere(client, persistentVolumes, { name: volumeName });
  if (volume === undefined) {
    await setPending(claim, ports);
    return undefined;
  }
  if (volume.spec.claimRef !== undefined && !isReservedFor(volume.spec.claimRef, claim))
    return refuse('FailedBinding', `volume "${volumeName}" already bound to a different claim.`);
  const reason = volume.spec.claimRef?.uid ? undefined : mismatch(claim, volume);
  if (reason !== undefined)
    return refuse('VolumeMismatch', `Cannot bind to requested volume "${volumeName}": ${reason}`);
  return bindVolumeToClaim(volume, claim, ports);
}

async function keepBound(claim: PersistentVolumeClaim, ports: LoopPorts) {
  const volume: PersistentVolume | undefined = claim.spec.volumeName
    ? await getIfThere(ports.client, persistentVolumes, { name: claim.spec.volumeName })
    : undefined;
  if (
    volume !== undefined &&
    (volume.spec.claimRef === undefined || isReservedFor(volume.spec.claimRef, claim))
  )
    return bindVolumeToClaim(volume, claim, ports);
  if (claim.status?.phase === 'Lost') return undefined;
  const [reason, message] =
    volume !== undefined
      ? ['ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly']
      : claim.spec.volumeName
        ? ['ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!']
        : ['ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!'];
  await setStatus(claim, { phase: 'Lost' }, ports);
  ports.recordEvent(persistentVolumeClaims, claim, { type: 'Warning', reason, message });
  return undefined;
}

async function setPending(claim: PersistentVolumeClaim, ports: LoopPorts): Promise<void> {
  if (claim.status?.phase !== 'Pending') await setStatus(claim, { phase: 'Pending' }, ports);
}

async function setStatus(claim: PersistentVolumeClaim, status: object, { client }: LoopPorts): Promise<void> {
  await client.patch(
    persistentVolumeClaims,
    nameOf(keyOf(claim)),
    { type: 'merge', body: { status } },
    { subresource: 'status' },
  );
}
