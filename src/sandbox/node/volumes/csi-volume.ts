import { chmod, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  VolumeCapability_AccessMode_Mode as Mode,
  NodeServiceCapability_RPC_Type as NodeCapability,
  NodeDefinition,
  type VolumeCapability,
} from '../../../csi/gen/csi.ts';
import type { ClaimAccessMode } from '../../../kube/objects.ts';
import { CSI_CALL_TIMEOUT_MS, callPlugin, PluginCallError } from '../plugins/call-plugin.ts';
import type { Plugin } from '../plugins/plugin-registry.ts';
import type { KubeletPaths } from './kubelet-paths.ts';
import { VolumeError } from './volume-error.ts';
import {
  readVolumeRecords,
  removeVolumeRecord,
  type VolumeRecord,
  writeVolumeRecord,
} from './volume-record.ts';

/** A CSI volume of one pod with everything looked up that its driver is to be told. */
export interface CsiVolume {
  /** The PersistentVolume's name, or for an inline volume the pod's name for it. */
  readonly name: string;
  readonly driver: string;
  readonly handle: string;
  readonly lifecycle: 'Persistent' | 'Ephemeral';
  readonly readonly: boolean;
  readonly fsType: string;
  readonly mountFlags: readonly string[];
  readonly accessModes: readonly ClaimAccessMode[];
  /** The volume's attributes, and the pod's particulars where the CSIDriver asks for them. */
  readonly context: Readonly<Record<string, string>>;
  readonly publishSecrets: Readonly<Record<string, string>>;
  readonly stageSecrets: Readonly<Record<string, string>>;
}

export interface CsiVolumePorts {
  readonly paths: KubeletPaths;
  readonly nodeName: string;
  readonly plugin: (driver: string) => Plugin | undefined;
  readonly signal: AbortSignal;
}

/** Mounts the volume for the pod and returns where. Again on a volume that stands it is a check that costs one call. */
export async function mountCsiVolume(
  podUid: string,
  volume: CsiVolume,
  ports: CsiVolumePorts,
): Promise<string> {
  const plugin = ports.plugin(volume.driver);
  if (plugin === undefined)
    throw new VolumeError(`driver name ${volume.driver} not found in the list of registered CSI drivers`);
  const call = caller(plugin, ports.signal);
  const directory = ports.paths.csiVolume(podUid, volume.name);
  const target = ports.paths.csiTarget(podUid, volume.name);
  const capability = capabilityOf(volume);
  const stagingPath =
    volume.lifecycle === 'Persistent' && (await call.stages())
      ? ports.paths.csiStaging(volume.driver, volume.handle)
      : undefined;
  await writeVolumeRecord(directory, {
    driverName: volume.driver,
    nodeName: ports.nodeName,
    specVolID: volume.name,
    volumeHandle: volume.handle,
    volumeLifecycleMode: volume.lifecycle,
    ...(stagingPath !== undefined && { stagingPath }),
  });
  try {
    if (stagingPath !== undefined) await stage(volume, capability, stagingPath, call);
    await call.node('nodePublishVolume', {
      volumeId: volume.handle,
      publishContext: {},
      stagingTargetPath: stagingPath ?? '',
      targetPath: target,
      volumeCapability: capability,
      readonly: volume.readonly,
      secrets: { ...volume.publishSecrets },
      volumeContext: { ...volume.context },
    });
  } catch (error) {
    // After a final code nothing is left mounted, and nothing is to be undone later.
    if (error instanceof PluginCallError && error.final) await removeVolumeRecord(directory).catch(() => {});
    throw error;
  }
  return target;
}

/** Undoes what a record says, also for a pod that nobody knows any more. */
export async function unmountCsiVolume(
  podUid: string,
  volume: string,
  record: VolumeRecord,
  ports: CsiVolumePorts & { readonly isUsedElsewhere: (record: VolumeRecord) => Promise<boolean> },
): Promise<void> {
  const plugin = ports.plugin(record.driverName);
  if (plugin === undefined)
    throw new VolumeError(`driver ${record.driverName} is not registered to unmount ${volume}`);
  const call = caller(plugin, ports.signal);
  const targetPath = ports.paths.csiTarget(podUid, volume);
  await call.node('nodeUnpublishVolume', { volumeId: record.volumeHandle, targetPath });
  await removeVolumeRecord(ports.paths.csiVolume(podUid, volume));
  if (record.stagingPath === undefined || (await ports.isUsedElsewhere(record))) return;
  await call.node('nodeUnstageVolume', {
    volumeId: record.volumeHandle,
    stagingTargetPath: record.stagingPath,
  });
  await removeVolumeRecord(dirname(record.stagingPath)).catch(() => {});
}

/** Whether some other volume record on this node stands on the same staged volume. */
export async function isStagedForOthers(
  record: VolumeRecord,
  podUids: readonly string[],
  paths: KubeletPaths,
) {
  for (const uid of podUids) {
    for (const other of (await readVolumeRecords(paths.csiVolumes(uid))).values())
      if (other.driverName === record.driverName && other.volumeHandle === record.volumeHandle) return true;
  }
  return false;
}

async function stage(
  volume: CsiVolume,
  volumeCapability: VolumeCapability,
  stagingTargetPath: string,
  call: ReturnType<typeof caller>,
): Promise<void> {
  await mkdir(stagingTargetPath, { recursive: true, mode: 0o750 });
  await chmod(stagingTargetPath, 0o750).catch(() => {});
  await call.node('nodeStageVolume', {
    volumeId: volume.handle,
    publishContext: {},
    stagingTargetPath,
    volumeCapability,
    secrets: { ...volume.stageSecrets },
    volumeContext: { ...volume.context },
  });
}

type NodeMethods = (typeof NodeDefinition)['methods'];
type RequestOf<Name extends keyof NodeMethods> = Parameters<NodeMethods[Name]['requestType']['encode']>[0];
type ResponseOf<Name extends keyof NodeMethods> = ReturnType<NodeMethods[Name]['responseType']['decode']>;

function caller(plugin: Plugin, signal: AbortSignal) {
  const node = <Name extends keyof NodeMethods>(
    name: Name,
    request: RequestOf<Name>,
  ): Promise<ResponseOf<Name>> =>
    callPlugin<RequestOf<Name>, ResponseOf<Name>>(
      plugin.socketPath,
      NodeDefinition,
      // The union of all methods says less than each of them.
      NodeDefinition.methods[name] as never,
      request,
      { timeoutMs: CSI_CALL_TIMEOUT_MS, signal },
    );
  const stages = async () => {
    const { capabilities } = await node('nodeGetCapabilities', {});
    return capabilities.some(({ type }) => type?.rpc.type === NodeCapability.STAGE_UNSTAGE_VOLUME);
  };
  return { node, stages };
}

/** kubelet tells the volume's first access mode; a claim's only mode where it has one. */
function capabilityOf(volume: CsiVolume): VolumeCapability {
  const modes: Readonly<Record<ClaimAccessMode, Mode>> = {
    ReadWriteOnce: Mode.SINGLE_NODE_WRITER,
    ReadOnlyMany: Mode.MULTI_NODE_READER_ONLY,
    ReadWriteMany: Mode.MULTI_NODE_MULTI_WRITER,
    ReadWriteOncePod: Mode.SINGLE_NODE_WRITER,
  };
  const mount = { fsType: volume.fsType, mountFlags: [...volume.mountFlags], volumeMountGroup: '' };
  return {
    accessType: { $case: 'mount', mount },
    accessMode: { mode: modes[volume.accessModes[0] ?? 'ReadWriteOnce'] },
  };
}
