import { CsiError } from '../../csi/errors.ts';
import {
  ControllerServiceCapability_RPC_Type as Capability,
  type ControllerExpandVolumeRequest,
  type CreateVolumeRequest,
  type DeleteVolumeRequest,
  type Volume,
} from '../../csi/gen/csi.ts';
import type { CallOptions, ControllerService } from '../../csi/service.ts';

/** What a test may put in the way of a call: it runs before the call has its effect, or after it. */
export interface Faults {
  beforeCreate?(request: CreateVolumeRequest, options: CallOptions): void | Promise<void>;
  afterCreate?(volume: Volume): void | Promise<void>;
  beforeDelete?(request: DeleteVolumeRequest): void | Promise<void>;
  afterDelete?(request: DeleteVolumeRequest): void | Promise<void>;
  beforeExpand?(request: ControllerExpandVolumeRequest): void | Promise<void>;
  afterExpand?(request: ControllerExpandVolumeRequest): void | Promise<void>;
}

export interface ScriptedController {
  readonly service: ControllerService;
  /** The volumes that exist, by id. */
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly creates: readonly CreateVolumeRequest[];
  readonly deletes: readonly DeleteVolumeRequest[];
  readonly expands: readonly ControllerExpandVolumeRequest[];
  readonly faults: Faults;
  /** Changes what CreateVolume answers. */
  answer: (volume: Volume) => Volume;
  nodeExpansionRequired: boolean;
}

/** A driver whose cloud is a map: idempotent by name, as every driver has to be. */
export function createScriptedController(): ScriptedController {
  const volumes = new Map<string, Volume>();
  const creates: CreateVolumeRequest[] = [];
  const deletes: DeleteVolumeRequest[] = [];
  const expands: ControllerExpandVolumeRequest[] = [];
  const faults: Faults = {};

  const service: ControllerService = {
    async createVolume(request, options) {
      creates.push(request);
      await faults.beforeCreate?.(request, options);
      const volume = controller.answer({
        volumeId: `id-of-${request.name}`,
        capacityBytes: request.capacityRange?.requiredBytes ?? 0n,
        volumeContext: { 'mgs-ip-address': '10.0.0.4' },
        contentSource: undefined,
        accessibleTopology: [],
      });
      volumes.set(volume.volumeId, volume);
      await faults.afterCreate?.(volume);
      return { volume };
    },
    async deleteVolume(request) {
      deletes.push(request);
      await faults.beforeDelete?.(request);
      volumes.delete(request.volumeId);
      await faults.afterDelete?.(request);
      return {};
    },
    async controllerExpandVolume(request) {
      expands.push(request);
      await faults.beforeExpand?.(request);
      const volume = volumes.get(request.volumeId);
      if (volume === undefined) throw new CsiError('not-found', `no volume ${request.volumeId}`);
      const capacityBytes = request.capacityRange?.requiredBytes ?? 0n;
      volumes.set(request.volumeId, { ...volume, capacityBytes });
      await faults.afterExpand?.(request);
      return { capacityBytes, nodeExpansionRequired: controller.nodeExpansionRequired };
    },
    validateVolumeCapabilities: () => Promise.reject(new CsiError('unimplemented', 'not asked for')),
    controllerGetCapabilities: () =>
      Promise.resolve({
        capabilities: [
          { type: { $case: 'rpc', rpc: { type: Capability.CREATE_DELETE_VOLUME } } },
          { type: { $case: 'rpc', rpc: { type: Capability.EXPAND_VOLUME } } },
        ],
      }),
  };

  const controller: ScriptedController = {
    service,
    volumes,
    creates,
    deletes,
    expands,
    faults,
    answer: (volume) => volume,
    nodeExpansionRequired: false,
  };
  return controller;
}
