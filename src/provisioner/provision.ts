import type { Volume } from '../csi/gen/csi.ts';
import { KubeError } from '../kube/client.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../kube/objects.ts';
import { persistentVolumes } from '../kube/resources.ts';
import type { Requeue } from '../kube/work-queue.ts';
import { announcing } from './announcing.ts';
import { decideClaim } from './claim-filter.ts';
import { className, findClaim } from './cluster-view.ts';
import { type ProvisioningPlan, planProvisioning } from './create-request.ts';
import { createErrorClass, errorText } from './error-class.ts';
import { volumeName } from './names.ts';
import { nodeTopology } from './node-topology.ts';
import { reference } from './object-events.ts';
import { persistentVolume, shortfall } from './persistent-volume.ts';
import { callOptions, type ProvisionerContext, slowRetry } from './provisioner-context.ts';
import { readSecret } from './read-secret.ts';

const classPatienceMs = 1000;

/** What CreateVolume was last called for. It is kept as long as the volume may exist without a PersistentVolume. */
interface Attempt {
  readonly claim: PersistentVolumeClaim;
  readonly storageClass: StorageClass;
  readonly plan: ProvisioningPlan;
}

/**
 * Brings a claim to its PersistentVolume: CreateVolume, then one write. All it needs to go on after a restart is in the
 * cluster and the cloud, because the volume's name follows from the claim's uid and CreateVolume finds what was begun.
 *
 * Once the outcome of a call is unknown it goes on until the outcome is known, even when the claim is deleted
 * meanwhile; the volume then gets its PersistentVolume all the same, and the PV controller releases it.
 */
export function createClaimReconciler(context: ProvisionerContext) {
  const { view, events } = context;
  const unfinished = new Map<string, Attempt>();
  /** PersistentVolumes that we wrote and the informer has not seen yet. */
  const written = new Set<string>();

  /** Claims whose class had not been seen when they were last looked at. */
  const withoutClass = new Set<string>();

  const begin = (key: string, claim: PersistentVolumeClaim): Attempt | Requeue | undefined => {
    const name = className(claim);
    const storageClass = view.classes.get({ name });
    const about = reference('PersistentVolumeClaim', claim);
    switch (decideClaim(claim, storageClass, context.driverName)) {
      case 'ignore':
        return undefined;
      case 'populator':
        events.normal(about, 'Provisioning', 'Assuming an external populator will provision the volume');
        return undefined;
      case 'unknown-class':
        if (storageClass !== undefined) return undefined;
        // Classes and claims are told of separately: one that was made just before its claim may be seen just after it.
        if (!withoutClass.has(key)) {
          withoutClass.add(key);
          return { requeueAfterMs: classPatienceMs };
        }
        events.warning(about, 'ProvisioningFailed', `storageclass.storage.k8s.io "${name}" not found`);
        return undefined;
      case 'provision':
        if (storageClass === undefined) return undefined;
        withoutClass.delete(key);
        return {
          claim,
          storageClass,
          plan: planProvisioning(claim, storageClass, context.singleNodeMultiWriter, context.noSnapshots),
        };
    }
  };

  const createVolume = async (
    { claim, storageClass, plan }: Attempt,
    onCall: () => void,
    signal: AbortSignal,
  ) => {
    const about = reference('PersistentVolumeClaim', claim);
    const { namespace, name } = claim.metadata;
    const message = `External provisioner is provisioning volume for claim "${namespace}/${name}"`;
    const tell = () => events.normal(about, 'Provisioning', message);
    return await announcing(context.clock, tell, async (now) => {
      const secrets = await readSecret(context.client, plan.secrets.provisioner, signal);
      const accessibilityRequirements = await nodeTopology(context, claim, storageClass, signal);
      const call = async () => {
        onCall();
        const request = { ...plan.request, accessibilityRequirements, secrets };
        const response = await context.controller.createVolume(request, callOptions(context, signal));
        if (response.volume === undefined) throw new Error('the driver answered without a volume');
        return response.volume;
      };
      return { volume: await context.progress.during(plan.request.name, about, call, now), secrets };
    });
  };

  const finish = async (key: string, attempt: Attempt, signal: AbortSignal): Promise<void> => {
    const { claim, plan } = attempt;
    const about = reference('PersistentVolumeClaim', claim);
    const { volume, secrets } = await createVolume(attempt, () => unfinished.set(key, attempt), signal);
    await refuseShortfall(context, plan, volume, secrets, signal);
    const object = persistentVolume({ ...attempt, volume, identity: context.identity });
    await write(context, object, claim, signal);
    if (view.volumes.get({ name: plan.request.name }) === undefined) written.add(plan.request.name);
    unfinished.delete(key);
    events.normal(about, 'ProvisioningSucceeded', `Successfully provisioned volume ${plan.request.name}`);
  };

  const onError = (key: string, claim: PersistentVolumeClaim, error: unknown): Requeue | undefined => {
    const kind = createErrorClass(error);
    events.warning(
      reference('PersistentVolumeClaim', claim),
      'ProvisioningFailed',
      `failed to provision volume with StorageClass "${className(claim)}": ${errorText(error)}`,
    );
    if (kind !== 'in-progress') unfinished.delete(key);
    const gone = findClaim(view, key) === undefined && !unfinished.has(key);
    if (gone) return undefined;
    if (kind === 'infeasible') return slowRetry;
    throw error;
  };

  return {
    async reconcile(key: string, signal: AbortSignal): Promise<Requeue | undefined> {
      const claim = findClaim(view, key);
      const name = volumeName(key.split('/')[2] ?? '');
      if (written.has(name) || view.volumes.get({ name }) !== undefined) {
        unfinished.delete(key);
        return undefined;
      }
      const known = unfinished.get(key);
      const subject = known?.claim ?? claim;
      if (subject === undefined) {
        withoutClass.delete(key);
        return undefined;
      }
      try {
        const attempt = known ?? begin(key, subject);
        if (attempt === undefined || 'requeueAfterMs' in attempt) return attempt;
        await context.metrics.provisioning(className(subject), () => finish(key, attempt, signal));
        return undefined;
      } catch (error) {
        if (signal.aborted) throw error;
        return onError(key, subject, error);
      }
    },
    /** Whether a volume of this name may exist without a PersistentVolume. */
    isUnfinished: (name: string): boolean =>
      written.has(name) || [...unfinished.values()].some(({ plan }) => plan.request.name === name),
    /** The informer has seen the PersistentVolume, or its end. */
    volumeSeen: (name: string): void => void written.delete(name),
  };
}

const cleanupTries = 5;

/** A volume that is too small is taken back before anybody can use it. */
async function refuseShortfall(
  context: ProvisionerContext,
  plan: ProvisioningPlan,
  volume: Volume,
  secrets: Record<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const missing = shortfall(plan, volume);
  if (missing === undefined) return;
  const { volumeId } = volume;
  for (let tries = 1; ; tries++) {
    try {
      await context.controller.deleteVolume({ volumeId, secrets }, callOptions(context, signal));
      break;
    } catch (error) {
      if (tries < cleanupTries) await context.clock.sleep(1000 * 2 ** tries, signal);
      else
        throw new Error(`${missing}. Cleanup of volume ${volumeId} failed: ${errorText(error)}`, {
          cause: error,
        });
    }
  }
  throw new Error(missing);
}

/** Tries until the object is there: from here on the cluster knows of the volume. */
async function write(
  { client, clock, events, log }: ProvisionerContext,
  object: PersistentVolume,
  claim: PersistentVolumeClaim,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await client.create(persistentVolumes, object, { signal });
      return;
    } catch (error) {
      if (error instanceof KubeError && error.reason === 'AlreadyExists') return;
      if (signal.aborted) throw error;
      log.warn(
        { err: error, volume: object.metadata.name },
        'the PersistentVolume could not be written, trying again',
      );
      if (tries > 0)
        events.warning(
          reference('PersistentVolumeClaim', claim),
          'ProvisioningFailed',
          `Error creating provisioned PV object for claim ${claim.metadata.namespace}/${claim.metadata.name}: ${errorText(error)}. Trying again`,
        );
      await clock.sleep(Math.min(1000 * 2 ** tries, 30_000), signal);
    }
  }
}
