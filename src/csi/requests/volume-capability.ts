import type { AccessMode, VolumeCapability } from '../driver.ts';
import {
  type VolumeCapability as CapabilityMessage,
  VolumeCapability_AccessMode_Mode as Mode,
} from '../gen/csi.ts';
import { listTooLarge, tooLong } from './field-limits.ts';

const modes: ReadonlyMap<number, AccessMode> = new Map<number, AccessMode>([
  [Mode.SINGLE_NODE_WRITER, 'SINGLE_NODE_WRITER'],
  [Mode.SINGLE_NODE_READER_ONLY, 'SINGLE_NODE_READER_ONLY'],
  [Mode.MULTI_NODE_READER_ONLY, 'MULTI_NODE_READER_ONLY'],
  [Mode.MULTI_NODE_SINGLE_WRITER, 'MULTI_NODE_SINGLE_WRITER'],
  [Mode.MULTI_NODE_MULTI_WRITER, 'MULTI_NODE_MULTI_WRITER'],
  [Mode.SINGLE_NODE_SINGLE_WRITER, 'SINGLE_NODE_SINGLE_WRITER'],
  [Mode.SINGLE_NODE_MULTI_WRITER, 'SINGLE_NODE_MULTI_WRITER'],
]);

export function checkCapability(capability: CapabilityMessage): string | undefined {
  const { accessType, accessMode } = capability;
  if (accessType === undefined) return 'Volume capability access type must be provided: mount or block';
  if (accessMode === undefined || accessMode.mode === Mode.UNKNOWN) {
    return 'Volume capability access mode must be provided';
  }
  if (!modes.has(accessMode.mode)) {
    return `Volume capability access mode ${accessMode.mode} is unknown; known are ${[...modes.values()].join(', ')}`;
  }
  if (accessType.$case === 'block') return undefined;
  const { fsType, mountFlags } = accessType.mount;
  return (
    tooLong('Volume capability fs_type', fsType) ?? listTooLarge('Volume capability mount_flags', mountFlags)
  );
}

/** The first refusal about any of them. */
export function checkCapabilities(capabilities: readonly CapabilityMessage[]): string | undefined {
  return capabilities.map(checkCapability).find((refusal) => refusal !== undefined);
}

/** @throws Error when `checkCapability` would have refused; the checks come first. */
export function toVolumeCapability({ accessType, accessMode }: CapabilityMessage): VolumeCapability {
  const mode = modes.get(accessMode?.mode ?? Mode.UNKNOWN);
  if (mode === undefined || accessType === undefined) throw new Error('unchecked volume capability');
  if (accessType.$case === 'block') return { access: { type: 'block' }, mode };
  const { fsType, mountFlags } = accessType.mount;
  return { access: { type: 'mount', fsType, mountFlags }, mode };
}
