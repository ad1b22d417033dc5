import { createAroundCall, type ServicePorts } from './around-call.ts';
import type { VolumeBackend } from './driver.ts';
import { CsiError } from './errors.ts';
import {
  ControllerServiceCapability_RPC_Type as Capability,
  type ControllerServiceCapability,
} from './gen/csi.ts';
import { createIdempotently } from './idempotent-create.ts';
import { controllerLocks } from './lock-keys.ts';
import type { ProgressSink } from './progress.ts';
import { refusedSnapshots } from './refused-snapshots.ts';
import { reportingRpcs } from './reporting-rpcs.ts';
import { createVolumeChecks, toCreateRequest, toCreateResponse } from './requests/create-volume.ts';
import { deleteVolumeChecks } from './requests/delete-volume.ts';
import { expandVolumeChecks } from './requests/expand-volume.ts';
import { validateAgainst, validateCapabilitiesChecks } from './requests/validate-capabilities.ts';
import type { ControllerService } from './service.ts';

export interface ControllerOptions extends ServicePorts {
  readonly backend: VolumeBackend;
  /** Told about long work, keyed by volume. */
  readonly progress: ProgressSink;
}

/** The Controller service of one driver. What it claims to be able to do follows from what the backend has. */
export function createControllerService(options: ControllerOptions): ControllerService {
  const { backend, clock } = options;
  const aroundCall = createAroundCall('Controller', options, options.progress);
  const lockKeys = controllerLocks(backend);
  const capabilities = capabilitiesOf(backend);

  return {
    createVolume: aroundCall({
      name: 'CreateVolume',
      checks: createVolumeChecks,
      lockKeys: lockKeys.createVolume,
      handle: async (request, call) =>
        toCreateResponse(request, await createIdempotently(backend, toCreateRequest(request), call, clock)),
    }),
    deleteVolume: aroundCall({
      name: 'DeleteVolume',
      checks: deleteVolumeChecks,
      lockKeys: lockKeys.deleteVolume,
      handle: async ({ volumeId, secrets }, call) => {
        await backend.delete(volumeId, secrets, call);
        return {};
      },
    }),
    validateVolumeCapabilities: aroundCall({
      name: 'ValidateVolumeCapabilities',
      checks: validateCapabilitiesChecks,
      lockKeys: lockKeys.validateVolumeCapabilities,
      handle: async (request, call) => {
        const volume = await backend.get(request.volumeId, call, request.secrets);
        if (volume === undefined)
          throw new CsiError('not-found', `volume ${request.volumeId} does not exist`);
        return validateAgainst(request, volume, (capability) => backend.unsupported(capability));
      },
    }),
    controllerExpandVolume: aroundCall({
      name: 'ControllerExpandVolume',
      checks: backend.expand === undefined ? [] : expandVolumeChecks,
      lockKeys: lockKeys.controllerExpandVolume,
      handle: ({ volumeId, capacityRange }, call) => {
        if (backend.expand === undefined) {
          throw new CsiError('unimplemented', 'this driver cannot expand volumes');
        }
        const { requiredBytes = 0n, limitBytes = 0n } = capacityRange ?? {};
        return backend.expand(volumeId, { requiredBytes, limitBytes }, call);
      },
    }),
    ...reportingRpcs(backend, aroundCall, lockKeys),
    ...refusedSnapshots(backend.noSnapshots),
    controllerGetCapabilities: aroundCall({
      name: 'ControllerGetCapabilities',
      checks: [],
      lockKeys: lockKeys.controllerGetCapabilities,
      handle: () => ({ capabilities: [...capabilities] }),
    }),
  };
}

function capabilitiesOf(backend: VolumeBackend): readonly ControllerServiceCapability[] {
  const types = [
    Capability.CREATE_DELETE_VOLUME,
    Capability.SINGLE_NODE_MULTI_WRITER,
    ...(backend.expand === undefined ? [] : [Capability.EXPAND_VOLUME]),
    ...(backend.list === undefined
      ? []
      : [Capability.LIST_VOLUMES, Capability.GET_VOLUME, Capability.VOLUME_CONDITION]),
    ...(backend.capacity === undefined ? [] : [Capability.GET_CAPACITY]),
  ];
  return types.map((type) => ({ type: { $case: 'rpc', rpc: { type } } }));
}
