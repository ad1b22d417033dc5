import type { Clock } from '../../../async/clock.ts';
import {
  NodeServiceCapability_RPC_Type as Capability,
  NodeDefinition,
  type NodeGetVolumeStatsResponse,
  VolumeUsage_Unit as Unit,
} from '../../../csi/gen/csi.ts';
import type { Log } from '../../../telemetry/log.ts';
import { callPlugin } from '../plugins/call-plugin.ts';
import type { Plugin } from '../plugins/plugin-registry.ts';

/** A CSI volume that stands for a pod. */
export interface StandingVolume {
  /** As the pod calls it. */
  readonly name: string;
  readonly claim: string | undefined;
  readonly driver: string;
  readonly handle: string;
  readonly path: string;
}

/** What kubelet's statistics say of a volume; a size that the driver does not tell is left out. */
export interface VolumeStats {
  readonly time: string;
  readonly capacityBytes?: number;
  readonly usedBytes?: number;
  readonly availableBytes?: number;
  readonly inodes?: number;
  readonly inodesUsed?: number;
  readonly inodesFree?: number;
  readonly volumeHealthStats?: { readonly abnormal: boolean };
}

export interface VolumeStatsPoll {
  /** By the path of the volume. */
  readonly latest: ReadonlyMap<string, VolumeStats>;
  /** Resolves after the signal's abort. */
  readonly done: Promise<void>;
}

/** kubelet's volumeStatsAggPeriod. */
const EVERY_MS = 60_000;
const CALL_TIMEOUT_MS = 30_000;

/** Asks each driver for its volumes' statistics now and then, as kubelet does; a driver that has none is not asked. */
export function pollVolumeStats(ports: {
  readonly volumes: () => readonly StandingVolume[];
  readonly plugin: (driver: string) => Plugin | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}): VolumeStatsPoll {
  const { clock, signal } = ports;
  const latest = new Map<string, VolumeStats>();
  const call = { timeoutMs: CALL_TIMEOUT_MS, signal };

  const ask = async ({ driver, handle, path }: StandingVolume) => {
    const plugin = ports.plugin(driver);
    if (plugin === undefined || !(await tellsStats(plugin, call))) return;
    const { methods } = NodeDefinition;
    const request = { volumeId: handle, volumePath: path, stagingTargetPath: '' };
    const answer = await callPlugin(
      plugin.socketPath,
      NodeDefinition,
      methods.nodeGetVolumeStats,
      request,
      call,
    );
    latest.set(path, toVolumeStats(answer, clock.now()));
  };
  const look = async () => {
    const standing = ports.volumes();
    for (const path of latest.keys()) if (!standing.some((one) => one.path === path)) latest.delete(path);
    await Promise.all(
      standing.map((volume) =>
        ask(volume).catch((err: unknown) => {
          if (!signal.aborted) ports.log.warn({ err, volume: volume.handle }, 'no statistics of a volume');
        }),
      ),
    );
  };
  const run = async () => {
    while (!signal.aborted) {
      await look();
      await clock.sleep(EVERY_MS, signal).catch(() => {});
    }
  };
  return { latest, done: run() };
}

async function tellsStats(
  plugin: Plugin,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<boolean> {
  const { nodeGetCapabilities } = NodeDefinition.methods;
  const { capabilities } = await callPlugin(
    plugin.socketPath,
    NodeDefinition,
    nodeGetCapabilities,
    {},
    options,
  );
  return capabilities.some(
    ({ type }) => type?.$case === 'rpc' && type.rpc.type === Capability.GET_VOLUME_STATS,
  );
}

/** Pure. */
export function toVolumeStats(
  { usage, volumeCondition }: NodeGetVolumeStatsResponse,
  now: number,
): VolumeStats {
  const of = (unit: Unit) => usage.find((one) => one.unit === unit);
  const bytes = of(Unit.BYTES);
  const inodes = of(Unit.INODES);
  return {
    time: new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'),
    ...(bytes && {
      capacityBytes: Number(bytes.total),
      usedBytes: Number(bytes.used),
      availableBytes: Number(bytes.available),
    }),
    ...(inodes && {
      inodes: Number(inodes.total),
      inodesUsed: Number(inodes.used),
      inodesFree: Number(inodes.available),
    }),
    ...(volumeCondition && { volumeHealthStats: { abnormal: volumeCondition.abnormal } }),
  };
}
