import { KubeError } from '../kube/client.ts';
import type { PersistentVolume } from '../kube/objects.ts';
import { persistentVolumes } from '../kube/resources.ts';
import { errorText } from './error-class.ts';
import { annotations, volumeFinalizer } from './names.ts';
import { reference } from './object-events.ts';
import { callOptions, type ProvisionerContext } from './provisioner-context.ts';
import { readSecret } from './read-secret.ts';
import { refuseShared } from './refuse-shared.ts';
import { decideVolume } from './volume-plan.ts';

/**
 * Deletes released volumes and keeps the finalizer where it belongs. The key is the PersistentVolume's name.
 *
 * The informer may be behind, so before anything is deleted the object is read again: what is not Released now is left.
 */
export function createVolumeReconciler(context: ProvisionerContext) {
  const { client, view, driverName } = context;
  return async (name: string, signal: AbortSignal): Promise<undefined> => {
    const seen = view.volumes.get({ name });
    if (seen === undefined || decideVolume(seen, driverName) === 'ignore') return;
    const volume = await client.get(persistentVolumes, { name }, signal).catch(unlessNotFound);
    if (volume === undefined) return;
    switch (decideVolume(volume, driverName)) {
      case 'ignore':
        return;
      case 'add-finalizer':
        await setFinalizers(
          context,
          volume,
          [...(volume.metadata.finalizers ?? []), volumeFinalizer],
          signal,
        );
        return;
      case 'remove-finalizer':
        await setFinalizers(context, volume, withoutOurs(volume), signal);
        return;
      case 'delete':
        await context.metrics.deleting(volume.spec.storageClassName ?? '', () =>
          deleteVolume(context, volume, signal),
        );
    }
  };
}

/** The volume, then the finalizer, then the object: killed in between, the next run finds it Released and goes on. */
async function deleteVolume(
  context: ProvisionerContext,
  volume: PersistentVolume,
  signal: AbortSignal,
): Promise<void> {
  const { client, controller, events, progress } = context;
  const about = reference('PersistentVolume', volume);
  const volumeId = volume.spec.csi?.volumeHandle ?? '';
  try {
    await refuseShared(context, volume, signal);
    const secrets = await deletionSecrets(context, volume, signal);
    await progress.during(volumeId, about, () =>
      controller.deleteVolume({ volumeId, secrets }, callOptions(context, signal)),
    );
  } catch (error) {
    if (!signal.aborted) events.warning(about, 'VolumeFailedDelete', errorText(error));
    throw error;
  }
  const { name = '', uid } = volume.metadata;
  await setFinalizers(context, volume, withoutOurs(volume), signal);
  await client
    .delete(persistentVolumes, { name }, { ...(uid !== undefined && { preconditions: { uid } }), signal })
    .catch(unlessNotFound);
}

/** The secret may have been deleted before the volume; most drivers need none, so its absence is not the end. */
async function deletionSecrets(
  { client, log }: ProvisionerContext,
  volume: PersistentVolume,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const name = volume.metadata.annotations?.[annotations.deletionSecretName];
  const namespace = volume.metadata.annotations?.[annotations.deletionSecretNamespace];
  if (!name || !namespace) return {};
  const found = await readSecret(client, { name, namespace }, signal).catch(unlessNotFound);
  if (found === undefined)
    log.warn({ volume: volume.metadata.name, secret: `${namespace}/${name}` }, 'the deletion secret is gone');
  return found ?? {};
}

/** Conditional on the version that was read: a finalizer that another controller sets meanwhile is not lost. */
async function setFinalizers(
  { client }: ProvisionerContext,
  volume: PersistentVolume,
  finalizers: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { name = '', resourceVersion } = volume.metadata;
  const body = { metadata: { resourceVersion, finalizers } };
  await client.patch(persistentVolumes, { name }, { type: 'merge', body }, { signal }).catch(unlessNotFound);
}

function withoutOurs(volume: PersistentVolume): string[] {
  return (volume.metadata.finalizers ?? []).filter((finalizer) => finalizer !== volumeFinalizer);
}

function unlessNotFound(error: unknown): undefined {
  if (!(error instanceof KubeError && error.reason === 'NotFound')) throw error;
}
