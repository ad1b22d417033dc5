import { createAroundCall, type ServicePorts } from './around-call.ts';
import { type PluginCapability, PluginCapability_Service_Type } from './gen/csi.ts';
import { noProgress } from './progress.ts';
import type { IdentityService } from './service.ts';

export interface IdentityOptions extends ServicePorts {
  readonly version: string;
  /** Whether the driver has a controller anywhere: CSI wants every instance of a plugin to claim the same capabilities. */
  readonly hasController: boolean;
  /** False while starting. A plugin that cannot work throws `failed-precondition`. Always ready where absent. */
  readonly ready?: (signal: AbortSignal) => Promise<boolean>;
}

export function createIdentityService(options: IdentityOptions): IdentityService {
  const aroundCall = createAroundCall('Identity', options, noProgress);
  const unlocked = () => [];
  const capabilities: readonly PluginCapability[] = options.hasController
    ? [{ type: { $case: 'service', service: { type: PluginCapability_Service_Type.CONTROLLER_SERVICE } } }]
    : [];
  return {
    getPluginInfo: aroundCall({
      name: 'GetPluginInfo',
      checks: [],
      lockKeys: unlocked,
      handle: () => ({ name: options.driverName, vendorVersion: options.version, manifest: {} }),
    }),
    getPluginCapabilities: aroundCall({
      name: 'GetPluginCapabilities',
      checks: [],
      lockKeys: unlocked,
      handle: () => ({ capabilities: [...capabilities] }),
    }),
    probe: aroundCall({
      name: 'Probe',
      checks: [],
      lockKeys: unlocked,
      handle: async (_request, call) => ({ ready: (await options.ready?.(call.signal)) ?? true }),
    }),
  };
}
