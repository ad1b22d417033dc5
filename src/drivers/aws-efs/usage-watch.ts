import { withDeadline } from '../../async/deadline.ts';
import type { Call } from '../../csi/call.ts';
import type { WatchedCondition, WatchedVolume } from '../../csi/driver.ts';
import { CsiError } from '../../csi/errors.ts';
import { noMetrics } from '../../telemetry/metrics.ts';
import { formatBytes } from '../../units/bytes.ts';
import type { ControllerPorts } from '../driver-module.ts';
import type { EfsAccess } from './efs-access.ts';
import { parseVolumeId } from './volume-id.ts';
import { wholeFileSystem } from './whole-file-system.ts';

/** How old a measurement may be; upstream's default is to walk every four hours. */
const maxAgeMs = 4 * 3_600_000;
/** How long one look at all volumes may wait for walks; they go on, and the next look finds how far they are. */
const lookMs = 60_000;

/**
 * Measures volumes by a walk of `berth directories`, since EFS enforces no sizes: a volume that holds more than it was
 * asked for as is not well. One of another account is not measured: which role leads to it only its class knows.
 */
export function createUsageWatch(ports: ControllerPorts, open: () => Promise<EfsAccess>) {
  const { clock, metrics = noMetrics } = ports;
  const used = metrics.gauge({
    name: 'berth_efs_volume_used_bytes',
    help: 'What the directory of a volume holds, by the last walk.',
    labels: ['volume_id'],
  });
  return async (
    volumes: readonly WatchedVolume[],
    call: Call,
  ): Promise<readonly (WatchedCondition | undefined)[]> => {
    const access = await open();
    const deadline = Math.min(call.deadline ?? Number.POSITIVE_INFINITY, clock.now() + lookMs);
    const scope = withDeadline(clock, call.signal, deadline, () => new Error('the look is over'));
    try {
      const conditions: (WatchedCondition | undefined)[] = [];
      for (const volume of volumes) {
        const bytes = await measure(ports, access, volume, { ...call, deadline, signal: scope.signal });
        if (bytes !== undefined) used({ volume_id: volume.id }, Number(bytes));
        conditions.push(bytes === undefined ? undefined : conditionOf(bytes, volume.capacityBytes));
      }
      return conditions;
    } finally {
      scope.dispose();
    }
  };
}

/** Undefined where it is not known yet, or cannot be. */
async function measure(
  { directories }: ControllerPorts,
  access: EfsAccess,
  { id: volumeId, context }: WatchedVolume,
  call: Call,
): Promise<bigint | undefined> {
  const { id } = parseVolumeId(volumeId);
  const elsewhere = Object.keys(context).some((key) => /^(mounttargetip(map)?|crossaccount)$/i.test(key));
  if (id === undefined || id.type !== 'efs' || elsewhere || directories === undefined) return undefined;
  if (call.signal.aborted) return undefined;
  try {
    const { fileSystemId, accessPointId, subPath } = id;
    const root = accessPointId === '' ? '' : await rootOf(access, fileSystemId, accessPointId, call);
    if (root === undefined) return undefined;
    const path = `${root}/${subPath}`.split('/').filter(Boolean).join('/');
    const mount = await wholeFileSystem(access.efs, fileSystemId, call);
    return (await directories.usage({ mount, path, maxAgeMs }, call)).bytes;
  } catch (error) {
    if (!(error instanceof CsiError && error.code === 'deadline-exceeded'))
      call.log.debug({ err: error, volumeId }, 'the volume could not be measured');
    return undefined;
  }
}

async function rootOf(
  access: EfsAccess,
  fileSystemId: string,
  accessPointId: string,
  call: Call,
): Promise<string | undefined> {
  const watch = access.watch(fileSystemId);
  await watch.listed(call.signal);
  return watch.ledger.byId(accessPointId)?.accessPoint.rootDirectory.path;
}

function conditionOf(bytes: bigint, capacityBytes: bigint | undefined): WatchedCondition {
  const holds = `it holds ${formatBytes(bytes)}`;
  if (capacityBytes === undefined || capacityBytes === 0n || bytes <= capacityBytes)
    return { abnormal: false, message: holds };
  return {
    abnormal: true,
    message: `${holds}, and ${formatBytes(capacityBytes)} was asked for: EFS does not enforce sizes and bills what is there`,
  };
}
