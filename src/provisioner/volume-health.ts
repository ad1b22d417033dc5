import type { WatchedCondition, WatchedVolume } from '../csi/driver.ts';
import type { ObjectReference, PersistentVolume } from '../kube/objects.ts';
import { parseQuantity } from '../units/quantity.ts';
import { reference } from './object-events.ts';
import { progressText } from './progress-events.ts';
import type { ProvisionerContext } from './provisioner-context.ts';

/** How volumes are, in the order given; see `VolumeBackend.conditions`. */
export type FindConditions = (
  volumes: readonly WatchedVolume[],
  signal: AbortSignal,
) => Promise<readonly (WatchedCondition | undefined)[]>;

export interface VolumeHealthOptions {
  readonly find: FindConditions;
  /** Between two looks while nothing happens. */
  readonly intervalMs: number;
  /** While something is done to a volume, and for a while after `lookSoon`. */
  readonly busyIntervalMs: number;
}

export interface VolumeHealth {
  /** Something has been done to a volume, after which there may be more to see. */
  lookSoon(): void;
  /** Resolves when the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Looks at the busy interval after `lookSoon`, as a service takes a moment to begin what follows. */
const eagerLooks = 6;

/**
 * Tells users of volumes that are not well, and of what is done to them while they are in use: as events on claim and
 * PersistentVolume, under external-health-monitor's reasons. A condition is told when it changes; what was told is
 * forgotten with the process, and then told again.
 */
export function createVolumeHealth(context: ProvisionerContext, options: VolumeHealthOptions): VolumeHealth {
  const { clock, log, view, driverName } = context;
  const told = new Map<string, WatchedCondition>();
  let eager = 0;
  let wake = new AbortController();

  const look = async (signal: AbortSignal): Promise<boolean> => {
    const volumes = [...view.volumes.values()].filter((volume) => isInUse(volume, driverName));
    const conditions = await options.find(volumes.map(watchedVolume), signal);
    for (const [index, volume] of volumes.entries()) tell(context, told, volume, conditions[index]);
    const names = new Set(volumes.map(({ metadata }) => metadata.name));
    for (const name of told.keys()) if (!names.has(name)) told.delete(name);
    return conditions.some((condition) => condition?.activity !== undefined);
  };

  return {
    lookSoon() {
      eager = eagerLooks;
      wake.abort();
    },
    async run(signal) {
      while (!signal.aborted) {
        let busy = false;
        try {
          busy = await look(signal);
        } catch (error) {
          if (!signal.aborted) log.info({ err: error }, 'the condition of volumes cannot be read');
        }
        wake = new AbortController();
        const wait = busy || eager-- > 0 ? options.busyIntervalMs : options.intervalMs;
        await clock.sleep(wait, AbortSignal.any([signal, wake.signal])).catch(() => {});
      }
    },
  };
}

function isInUse({ spec, status }: PersistentVolume, driverName: string): boolean {
  return spec.csi?.driver === driverName && status?.phase === 'Bound';
}

/** A PersistentVolume in the words of drivers. */
export function watchedVolume({ spec: { csi, capacity } }: PersistentVolume): WatchedVolume {
  const capacityBytes = parseQuantity(capacity?.storage ?? '');
  return {
    id: csi?.volumeHandle ?? '',
    context: csi?.volumeAttributes ?? {},
    ...(capacityBytes !== undefined && { capacityBytes }),
  };
}

function tell(
  { events }: ProvisionerContext,
  told: Map<string, WatchedCondition>,
  volume: PersistentVolume,
  condition: WatchedCondition | undefined,
): void {
  const { name = '' } = volume.metadata;
  const before = told.get(name);
  if (condition === undefined) return void told.delete(name);
  told.set(name, condition);
  const about = [claimOf(volume), reference('PersistentVolume', volume)].filter((each) => each !== undefined);
  for (const object of about) {
    if (condition.abnormal && before?.message !== condition.message)
      events.warning(object, 'VolumeConditionAbnormal', condition.message);
    if (!condition.abnormal && before?.abnormal === true)
      events.normal(object, 'VolumeConditionNormal', condition.message);
    if (condition.activity !== undefined)
      events.normal(object, 'VolumeActivity', progressText(condition.activity), 'activity');
    else if (before?.activity !== undefined)
      events.normal(object, 'VolumeActivity', `${before.activity.message}: over`, 'activity');
  }
}

function claimOf({ spec: { claimRef } }: PersistentVolume): ObjectReference | undefined {
  if (claimRef === undefined) return undefined;
  const { namespace, name, uid } = claimRef;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(uid !== undefined && { uid }),
  };
}
