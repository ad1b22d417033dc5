import { posix } from 'node:path';
import type { VolumeBackend } from './driver.ts';
import { VolumeCapability_AccessMode_Mode as Mode } from './gen/csi.ts';
import type { ControllerService, NodeService } from './service.ts';

/** RPC → what it must have to itself while it runs. A second call that wants a taken key is ABORTED at once. */
type LockTable<Service, Name extends keyof Service> = {
  readonly [Rpc in Name]: Service[Rpc] extends (request: infer Request, ...rest: never) => unknown
    ? (request: Request) => readonly string[]
    : never;
};

export type ControllerLocks = LockTable<
  ControllerService,
  | 'createVolume'
  | 'deleteVolume'
  | 'controllerExpandVolume'
  | 'validateVolumeCapabilities'
  | 'controllerGetCapabilities'
> &
  LockTable<Required<ControllerService>, 'listVolumes' | 'controllerGetVolume' | 'getCapacity'>;

/** Calls that change a volume have it to themselves, by one key whether they know its name or its id. */
export function controllerLocks(backend: Pick<VolumeBackend, 'lockKey'>): ControllerLocks {
  const byName = (name: string) => backend.lockKey?.({ name }) ?? name;
  const byId = (id: string) => backend.lockKey?.({ id }) ?? id;
  return {
    createVolume: ({ name }) => [byName(name)],
    deleteVolume: ({ volumeId }) => [byId(volumeId)],
    controllerExpandVolume: ({ volumeId }) => [byId(volumeId)],
    // Changes nothing, and an answer about a volume in change is as good as one a moment earlier.
    validateVolumeCapabilities: () => [],
    listVolumes: () => [],
    controllerGetVolume: () => [],
    getCapacity: () => [],
    // The same answer always.
    controllerGetCapabilities: () => [],
  };
}

export type NodeLocks = LockTable<
  NodeService,
  'nodePublishVolume' | 'nodeUnpublishVolume' | 'nodeGetVolumeStats' | 'nodeGetCapabilities' | 'nodeGetInfo'
>;

/** However it is written: `/a/b`, `/a/b/` and `/a//b` are one target. */
const targetKey = (targetPath: string) => `target ${posix.resolve(targetPath)}`;

/**
 * A target is what publish and unpublish change, whichever volume they mean, so one stuck mount blocks its own target
 * only. Where one writer is promised, two publishes of the volume must also see each other's mount.
 */
export const nodeLocks: NodeLocks = {
  nodePublishVolume: ({ targetPath, volumeId, volumeCapability }) =>
    volumeCapability?.accessMode?.mode === Mode.SINGLE_NODE_SINGLE_WRITER
      ? [targetKey(targetPath), `volume ${volumeId}`]
      : [targetKey(targetPath)],
  nodeUnpublishVolume: ({ targetPath }) => [targetKey(targetPath)],
  // Reads sizes, and a hung file system must not keep its volume from being unpublished.
  nodeGetVolumeStats: () => [],
  // The same answer always.
  nodeGetCapabilities: () => [],
  nodeGetInfo: () => [],
};
