import type { createAroundCall } from './around-call.ts';
import type { BackendVolume, VolumeBackend } from './driver.ts';
import { CsiError } from './errors.ts';
import type { Volume, VolumeCondition } from './gen/csi.ts';
import type { ControllerLocks } from './lock-keys.ts';
import { pageOf } from './requests/list-volumes.ts';
import type { ControllerService } from './service.ts';

type Reporting = Pick<ControllerService, 'listVolumes' | 'controllerGetVolume' | 'getCapacity'>;

/** ListVolumes, ControllerGetVolume and GetCapacity, as far as the backend can answer them. */
export function reportingRpcs(
  backend: VolumeBackend,
  aroundCall: ReturnType<typeof createAroundCall>,
  lockKeys: ControllerLocks,
): Reporting {
  return {
    ...(backend.list && {
      listVolumes: aroundCall({
        name: 'ListVolumes',
        checks: [({ maxEntries }) => (maxEntries < 0 ? `max_entries ${maxEntries} is negative` : undefined)],
        lockKeys: lockKeys.listVolumes,
        handle: async ({ maxEntries, startingToken }, call) => {
          const volumes = (await backend.list?.(call)) ?? [];
          const { page, nextToken } = pageOf(volumes, startingToken, maxEntries);
          return {
            entries: page.map((volume) => ({ volume: toVolume(volume), status: statusOf(volume) })),
            nextToken,
          };
        },
      }),
      controllerGetVolume: aroundCall({
        name: 'ControllerGetVolume',
        checks: [({ volumeId }) => (volumeId === '' ? 'Volume ID missing in request' : undefined)],
        lockKeys: lockKeys.controllerGetVolume,
        handle: async ({ volumeId }, call) => {
          const volume = await backend.get(volumeId, call);
          if (volume === undefined) throw new CsiError('not-found', `volume ${volumeId} does not exist`);
          return { volume: toVolume(volume), status: statusOf(volume) };
        },
      }),
    }),
    ...(backend.capacity && {
      getCapacity: aroundCall({
        name: 'GetCapacity',
        checks: [],
        lockKeys: lockKeys.getCapacity,
        handle: async ({ parameters, accessibleTopology }, call) => {
          const topology = accessibleTopology?.segments;
          const found = await backend.capacity?.({ parameters, topology }, call);
          return {
            availableCapacity: found?.availableBytes ?? 0n,
            maximumVolumeSize: found?.largestVolumeBytes,
            minimumVolumeSize: found?.smallestVolumeBytes,
          };
        },
      }),
    }),
  };
}

function toVolume({ id, capacityBytes, context }: BackendVolume): Volume {
  return {
    volumeId: id,
    capacityBytes,
    volumeContext: { ...context },
    contentSource: undefined,
    accessibleTopology: [],
  };
}

function statusOf({ condition }: BackendVolume): {
  publishedNodeIds: string[];
  volumeCondition: VolumeCondition | undefined;
} {
  return { publishedNodeIds: [], volumeCondition: condition && { ...condition } };
}
