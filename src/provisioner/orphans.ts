import type { MadeVolume } from '../csi/driver.ts';
import type { StorageClass } from '../kube/objects.ts';
import type { ClusterView } from './cluster-view.ts';
import { reservedPrefix, volumeName } from './names.ts';
import type { ProvisionerContext } from './provisioner-context.ts';

/** The volumes that exist because this driver made them for classes with these parameters; see `VolumeBackend.made`. */
export type FindMade = (
  classes: readonly Readonly<Record<string, string>>[],
  signal: AbortSignal,
) => Promise<readonly MadeVolume[]>;

const BETWEEN_LOOKS_MS = 3_600_000;

/**
 * Tells of volumes that cost money and that nothing in the cluster leads to: a claim deleted while no provisioner ran
 * takes the knowledge of a creation under way with it. Nothing is ever deleted for that reason, because another cluster
 * may use the volume. Looks when it starts and then every hour; resolves when the signal aborts.
 *
 * @param isUnfinished whether a volume of this name is being made for a claim, be it a deleted one
 */
export async function reportOrphans(
  context: ProvisionerContext,
  made: FindMade,
  isUnfinished: (name: string) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const { view, log, clock, driverName } = context;
  while (!signal.aborted) {
    try {
      const classes = [...view.classes.values()].filter(({ provisioner }) => provisioner === driverName);
      const volumes = classes.length === 0 ? [] : await made(classes.map(parametersOf), signal);
      for (const volume of orphansAmong(volumes, view)) if (!isUnfinished(volume.name)) tell(context, volume);
    } catch (error) {
      if (!signal.aborted) log.info({ err: error }, 'volumes that nothing leads to cannot be looked for');
    }
    await clock.sleep(BETWEEN_LOOKS_MS, signal).catch(() => {});
  }
}

/** Pure. Those that neither a claim nor a PersistentVolume leads to. */
export function orphansAmong(
  volumes: readonly MadeVolume[],
  view: { readonly [Kind in 'claims' | 'volumes']: Pick<ClusterView[Kind], 'values'> },
): readonly MadeVolume[] {
  const known = new Set([...view.claims.values()].map(({ metadata }) => volumeName(metadata.uid ?? '')));
  const handles: { readonly volumeHandle: string; readonly volumeAttributes?: Record<string, string> }[] = [];
  for (const { metadata, spec } of view.volumes.values()) {
    known.add(metadata.name ?? '');
    if (spec.csi !== undefined) handles.push(spec.csi);
  }
  return volumes.filter(
    ({ name, isMeantBy }) =>
      !known.has(name) &&
      !handles.some(({ volumeHandle, volumeAttributes = {} }) => isMeantBy(volumeHandle, volumeAttributes)),
  );
}

function parametersOf({ parameters = {} }: StorageClass): Readonly<Record<string, string>> {
  return parameters;
}

/** In the log, and as an event where the claim was, for whoever deleted it. */
function tell(
  { events, log }: ProvisionerContext,
  { name, description, advice, parameters }: MadeVolume,
): void {
  const message = `no claim and no PersistentVolume of this cluster leads to ${description}, which goes on costing money. It is kept, as another cluster may use it. If none does: ${advice}`;
  log.warn({ volume: name }, message);
  const claim = parameters[`${reservedPrefix}pvc/name`];
  const namespace = parameters[`${reservedPrefix}pvc/namespace`];
  if (!claim || !namespace) return;
  const about = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: claim };
  events.warning({ ...about, uid: name.slice(volumeName('').length) }, 'VolumeOrphaned', message);
}
