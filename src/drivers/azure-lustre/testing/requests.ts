import type { CreateRequest, PublishRequest, VolumeCapability } from '../../../csi/driver.ts';
import { tebibyte } from '../../../units/bytes.ts';

export const sharedMount: VolumeCapability = {
  access: { type: 'mount', fsType: '', mountFlags: [] },
  mode: 'MULTI_NODE_MULTI_WRITER',
};

/** The parameters that Microsoft's tutorial prints. */
export const tutorialParameters: Readonly<Record<string, string>> = {
  'sku-name': 'AMLFS-Durable-Premium-125',
  zone: '1',
  'maintenance-day-of-week': 'Sunday',
  'maintenance-time-of-day-utc': '22:00',
  location: 'eastus',
  'resource-group': 'my-resource-group',
  'vnet-name': 'my-vnet',
  'subnet-name': 'my-subnet',
};

export function createRequest(
  parameters: Readonly<Record<string, string>> = tutorialParameters,
  changes: Partial<CreateRequest> = {},
): CreateRequest {
  return {
    name: 'pvc-0b7e4c1a-6e47-4c69-9f3b-0f8f5a1b2c3d',
    requiredBytes: 48n * tebibyte,
    limitBytes: 0n,
    capabilities: [sharedMount],
    parameters,
    mutableParameters: {},
    secrets: {},
    contentSource: undefined,
    accessibility: undefined,
    ...changes,
  };
}

/** The tutorial's parameters with some changed, or left out by `undefined`. */
export function tutorialWith(changes: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries({ ...tutorialParameters, ...changes });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

export function publishRequest(
  volumeContext: Readonly<Record<string, string>> = { 'mgs-ip-address': '10.0.0.4' },
  changes: Partial<PublishRequest> & { readonly mountFlags?: readonly string[] } = {},
): PublishRequest {
  const { mountFlags = [], ...rest } = changes;
  return {
    volumeId: 'my-volume#lustrefs#10.0.0.4##f#',
    targetPath: '/var/lib/kubelet/pods/1/volumes/kubernetes.io~csi/pv/mount',
    stagingTargetPath: '',
    capability: { ...sharedMount, access: { type: 'mount', fsType: '', mountFlags } },
    readonly: false,
    volumeContext,
    publishContext: {},
    secrets: {},
    ...rest,
  };
}
