import type { BackendVolume, VolumeBackend } from '../driver.ts';
import type { ValidateVolumeCapabilitiesRequest, ValidateVolumeCapabilitiesResponse } from '../gen/csi.ts';
import type { Check } from './check.ts';
import { checkCapabilities, toVolumeCapability } from './volume-capability.ts';

export const validateCapabilitiesChecks: readonly Check<ValidateVolumeCapabilitiesRequest>[] = [
  ({ volumeId }) => (volumeId === '' ? 'Volume ID missing in request' : undefined),
  ({ volumeCapabilities }) =>
    volumeCapabilities.length === 0 ? 'Volume capabilities missing in request' : undefined,
  ({ volumeCapabilities }) => checkCapabilities(volumeCapabilities),
];

/**
 * Confirms all of it or says what does not fit. Of context and parameters, only what the volume itself shows could be
 * checked, so only that is confirmed.
 */
export function validateAgainst(
  request: ValidateVolumeCapabilitiesRequest,
  volume: BackendVolume,
  unsupported: VolumeBackend['unsupported'],
): ValidateVolumeCapabilitiesResponse {
  const message =
    request.volumeCapabilities
      .map((capability) => unsupported(toVolumeCapability(capability)))
      .find((refusal) => refusal !== undefined) ??
    contradiction('volume_context', request.volumeContext, volume.context) ??
    contradiction('parameters', request.parameters, volume.context) ??
    contradiction('mutable_parameters', request.mutableParameters, volume.context);
  if (message !== undefined) return { confirmed: undefined, message };
  return {
    confirmed: {
      volumeCapabilities: request.volumeCapabilities,
      volumeContext: shownBy(volume.context, request.volumeContext),
      parameters: shownBy(volume.context, request.parameters),
      mutableParameters: shownBy(volume.context, request.mutableParameters),
    },
    message: '',
  };
}

type StringMap = Readonly<Record<string, string>>;

function contradiction(field: string, asked: StringMap, actual: StringMap): string | undefined {
  const key = Object.keys(asked).find((name) => actual[name] !== undefined && actual[name] !== asked[name]);
  if (key === undefined) return undefined;
  return `${field} says ${key} = ${JSON.stringify(asked[key])}, the volume has ${JSON.stringify(actual[key])}`;
}

function shownBy(actual: StringMap, asked: StringMap): Record<string, string> {
  return Object.fromEntries(Object.entries(asked).filter(([key]) => actual[key] !== undefined));
}
