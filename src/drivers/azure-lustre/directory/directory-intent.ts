import type { CreateRequest } from '../../../csi/driver.ts';
import type { Refusal } from '../../refusal.ts';
import { fileSystemName } from '../file-system-name.ts';
import { refuseRequest } from '../intent.ts';
import { readParameterKeys } from '../parameters/parameter-keys.ts';
import { type DirectoryParameters, readDirectory } from './directory-parameters.ts';

/** A claim that wants a directory of its own on a file system that exists. */
export interface DirectoryIntent extends DirectoryParameters {
  /** The CSI volume name. */
  readonly volumeName: string;
  /** First field of the volume id, and the name on the directory's record. */
  readonly resourceName: string;
  readonly requiredBytes: bigint;
  readonly limitBytes: bigint;
  /** What the directory may hold: what was asked for, in whole MiB; 0n: no limit. */
  readonly capacityBytes: bigint;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Quotas are kept in blocks, and a size in whole MiB reads well everywhere. */
const step = 2n ** 20n;

export const wholeMebibytes = (bytes: bigint): bigint => ((bytes + step - 1n) / step) * step;

/** As `readIntent`: an intent comes back even with refusals, for `berth explain`. */
export function readDirectoryIntent(request: CreateRequest): {
  readonly intent: DirectoryIntent;
  readonly refusals: readonly Refusal[];
} {
  const read = readParameterKeys(request.parameters);
  const refusals: Refusal[] = [...refuseRequest(request), ...read.refusals];
  const parameters = readDirectory(read, request, refusals);
  const { name: volumeName, requiredBytes, limitBytes } = request;
  const capacityBytes = wholeMebibytes(requiredBytes);
  if (limitBytes > 0n && capacityBytes > limitBytes)
    refusals.push({
      code: 'out-of-range',
      field: 'resources',
      message: `CreateVolume required capacity ${requiredBytes} is greater than capacity limit ${limitBytes}`,
      fix: 'sizes are whole MiB, rounded up',
    });
  const intent = {
    ...parameters,
    volumeName,
    resourceName: fileSystemName(volumeName),
    requiredBytes,
    limitBytes,
    capacityBytes,
    parameters: request.parameters,
  };
  return { intent, refusals };
}
