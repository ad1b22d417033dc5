import type { ControllerExpandVolumeResponse } from '../csi/gen/csi.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../kube/objects.ts';
import { persistentVolumeClaims, persistentVolumes } from '../kube/resources.ts';
import type { Requeue } from '../kube/work-queue.ts';
import { formatQuantity, parseQuantity } from '../units/quantity.ts';
import { claimKey, findClaim } from './cluster-view.ts';
import { volumeCapabilities } from './create-request.ts';
import { errorText, expandErrorClass } from './error-class.ts';
import { annotations } from './names.ts';
import { reference } from './object-events.ts';
import { callOptions, type ProvisionerContext, slowRetry } from './provisioner-context.ts';
import { readSecret } from './read-secret.ts';
import { planResize } from './resize-plan.ts';
import {
  type ClaimStatusPatch,
  resizeFailed,
  resizeFinished,
  resizeStarted,
  resizeWaitsForNode,
} from './resize-status.ts';

/** Grows the volumes of claims that ask for more, and says on the claim how far it is. */
export function createResizeReconciler(context: ProvisionerContext) {
  const { client, view, controller, driverName, events, progress, clock } = context;
  /** Claims whose last expansion ended with nothing under way. */
  const failedForGood = new Set<string>();
  /** The size that a claim asked for when it was found to be infeasible. */
  const infeasible = new Map<string, string | undefined>();

  const patchStatus = async (claim: PersistentVolumeClaim, body: ClaimStatusPatch, signal: AbortSignal) => {
    const { namespace = '', name = '' } = claim.metadata;
    const options = { subresource: 'status', signal } as const;
    return client.patch(persistentVolumeClaims, { namespace, name }, { type: 'merge', body }, options);
  };

  const expand = async (
    claim: PersistentVolumeClaim,
    volume: PersistentVolume,
    bytes: bigint,
    signal: AbortSignal,
  ) => {
    const about = reference('PersistentVolumeClaim', claim);
    const { csi } = volume.spec;
    const volumeId = csi?.volumeHandle ?? '';
    events.normal(about, 'Resizing', `External resizer is resizing volume ${volume.metadata.name}`);
    const secrets = await readSecret(client, csi?.controllerExpandSecretRef, signal);
    const [capability] = volumeCapabilities(
      volume.spec,
      csi?.fsType ?? '',
      volume.spec.mountOptions ?? [],
      context.singleNodeMultiWriter,
    );
    return progress.during(volumeId, about, () =>
      controller.controllerExpandVolume(
        {
          volumeId,
          capacityRange: { requiredBytes: bytes, limitBytes: 0n },
          secrets,
          volumeCapability: capability,
        },
        callOptions(context, signal),
      ),
    );
  };

  const finish = async (
    claim: PersistentVolumeClaim,
    volume: PersistentVolume,
    answer: ControllerExpandVolumeResponse,
    signal: AbortSignal,
  ) => {
    const about = reference('PersistentVolumeClaim', claim);
    await patchVolumeSize(context, claim, volume, answer, signal);
    if (answer.nodeExpansionRequired) {
      await patchStatus(claim, resizeWaitsForNode(claim, clock.now()), signal);
      events.normal(about, 'FileSystemResizeRequired', 'Require file system resize of volume on node');
    } else {
      await patchStatus(claim, resizeFinished(claim, answer.capacityBytes), signal);
      events.normal(about, 'VolumeResizeSuccessful', 'Resize volume succeeded');
    }
  };

  const onError = async (
    claim: PersistentVolumeClaim,
    volume: PersistentVolume,
    error: unknown,
    signal: AbortSignal,
  ): Promise<Requeue | undefined> => {
    const key = claimKey(claim);
    const kind = expandErrorClass(error);
    const message = `resize volume "${volume.metadata.name}" by resizer "${driverName}" failed: ${errorText(error)}`;
    events.warning(reference('PersistentVolumeClaim', claim), 'VolumeResizeFailed', message);
    if (kind === 'in-progress') failedForGood.delete(key);
    else {
      failedForGood.add(key);
      await patchStatus(claim, resizeFailed(claim, message, kind === 'infeasible', clock.now()), signal);
    }
    if (kind !== 'infeasible') throw error;
    infeasible.set(key, claim.spec.resources?.requests?.storage);
    return slowRetry;
  };

  const forget = (key: string): undefined => {
    failedForGood.delete(key);
    infeasible.delete(key);
  };

  return {
    async reconcile(key: string, signal: AbortSignal): Promise<Requeue | undefined> {
      const claim = findClaim(view, key);
      const volume = view.volumes.get({ name: claim?.spec.volumeName ?? '' });
      if (claim === undefined || volume?.spec.csi?.driver !== driverName) return forget(key);
      const bytes = planResize(claim, volume, failedForGood.has(key));
      if (bytes === undefined) return forget(key);

      const started = await patchStatus(claim, resizeStarted(claim, bytes, clock.now()), signal);
      let answer: ControllerExpandVolumeResponse;
      try {
        answer = await expand(started, volume, bytes, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        return await onError(started, volume, error, signal);
      }
      await finish(started, volume, answer, signal);
      context.health?.lookSoon();
      return forget(key);
    },
    /** Whether the user has asked for another size since one was found to be infeasible. */
    isNewRequest(claim: PersistentVolumeClaim): boolean {
      const key = claimKey(claim);
      return infeasible.has(key) && infeasible.get(key) !== claim.spec.resources?.requests?.storage;
    },
  };
}

/** The kubelet reads the size before the resize from an annotation, where it has work to do. */
async function patchVolumeSize(
  { client }: ProvisionerContext,
  claim: PersistentVolumeClaim,
  volume: PersistentVolume,
  { capacityBytes, nodeExpansionRequired }: ControllerExpandVolumeResponse,
  signal: AbortSignal,
): Promise<void> {
  const present = parseQuantity(volume.spec.capacity?.storage ?? '') ?? 0n;
  if (present >= capacityBytes) return;
  const before = claim.status?.capacity?.storage ?? '';
  const body = {
    ...(nodeExpansionRequired && { metadata: { annotations: { [annotations.preResizeCapacity]: before } } }),
    spec: { capacity: { storage: formatQuantity(capacityBytes) } },
  };
  await client.patch(
    persistentVolumes,
    { name: volume.metadata.name ?? '' },
    { type: 'merge', body },
    { signal },
  );
}
