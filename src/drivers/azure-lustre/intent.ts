import { isIPv4 } from 'node:net';
import type { CreateRequest, VolumeCapability } from '../../csi/driver.ts';
import type { Refusal } from '../refusal.ts';
import { refuseDirectoryKeys } from './directory/directory-parameters.ts';
import { type DynamicIntent, readDynamic } from './dynamic-intent.ts';
import { fileSystemName } from './file-system-name.ts';
import { nodeZones } from './node-zones.ts';
import { fieldOf, type ReadParameters, readParameterKeys } from './parameters/parameter-keys.ts';
import { checkSubDirTemplate } from './sub-dir.ts';
import { trimSlashes } from './volume-id.ts';

export interface IntentBase {
  /** The CSI volume name. */
  readonly volumeName: string;
  /** First field of the volume id; for a dynamic volume the name of the Azure resource. */
  readonly resourceName: string;
  readonly requiredBytes: bigint;
  readonly limitBytes: bigint;
  /** Relative, tokens still in it; empty for the file system's root. */
  readonly subDir: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A claim on a file system that exists already. */
export interface StaticIntent extends IntentBase {
  readonly kind: 'static';
  readonly mgsAddress: string;
}

export type Intent = StaticIntent | DynamicIntent;

/**
 * What a request asks for, from its own words. An intent comes back even with refusals, as far as it could be read,
 * so that `berth explain` can show the rest; a driver acts on it only when there are none.
 */
export function readIntent(request: CreateRequest): { intent: Intent; refusals: readonly Refusal[] } {
  const read = readParameterKeys(request.parameters);
  const refusals = [...refuseRequest(request), ...read.refusals, ...refuseDirectoryKeys(read)];
  const base = {
    volumeName: request.name,
    resourceName: fileSystemName(request.name),
    requiredBytes: request.requiredBytes,
    limitBytes: request.limitBytes,
    subDir: readSubDir(read, request, refusals),
    parameters: request.parameters,
  };
  const mgsAddress = read.values.get('mgs-ip-address');
  if (mgsAddress === undefined || mgsAddress === '')
    return {
      intent: { ...readDynamic(base, read, refusals), nodeZones: nodeZones(request.accessibility) },
      refusals,
    };
  if (!isIPv4(mgsAddress))
    refusals.push({
      code: 'invalid-argument',
      field: fieldOf(read, 'mgs-ip-address'),
      message: `CreateVolume Parameter mgs-ip-address must be an IPv4 address, was: '${mgsAddress}'`,
      fix: "take the address from the file system's Client connection page in the Azure portal",
    });
  if (request.limitBytes > 0n && request.requiredBytes > request.limitBytes)
    refusals.push(requiredOverLimit(request));
  return { intent: { kind: 'static', mgsAddress, ...base }, refusals };
}

/** Why a capability cannot be had; all seven access modes can. */
export function unsupportedCapability(capability: VolumeCapability): string | undefined {
  return capability.access.type === 'block' ? "Doesn't support block volume." : undefined;
}

/** The parts of a request that are no parameters, in upstream's order. */
export function refuseRequest(request: CreateRequest): Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (field: string, message: string, fix?: string) =>
    refusals.push({ code: 'invalid-argument', field, message, ...(fix === undefined ? {} : { fix }) });
  if (request.name === '') refuse('name', 'CreateVolume Name must be provided');
  if (request.capabilities.length === 0)
    refuse('accessModes', 'CreateVolume Volume capabilities must be provided');
  if (request.contentSource !== undefined)
    refuse(
      'dataSource',
      "CreateVolume doesn't support being created from an existing volume",
      'Azure Managed Lustre has neither snapshots nor clones',
    );
  if (Object.keys(request.secrets).length > 0)
    refuse('parameters.csi.storage.k8s.io/provisioner-secret-name', "CreateVolume doesn't support secrets");
  for (const capability of request.capabilities) {
    const message = unsupportedCapability(capability);
    if (message !== undefined) refuse('volumeMode', message, 'leave volumeMode out or set Filesystem');
  }
  if (Object.keys(request.parameters).length === 0)
    refuse('parameters', 'CreateVolume Parameters must be provided');
  const [mutable] = Object.keys(request.mutableParameters);
  if (mutable !== undefined)
    refuse(
      `volumeAttributesClassName`,
      `Invalid mutable parameter ${mutable}: no property of a volume can be modified`,
    );
  return refusals;
}

function requiredOverLimit(request: CreateRequest): Refusal {
  return {
    code: 'out-of-range',
    field: 'resources',
    message: `CreateVolume required capacity ${request.requiredBytes} is greater than capacity limit ${request.limitBytes}`,
  };
}

function readSubDir(read: ReadParameters, request: CreateRequest, refusals: Refusal[]): string {
  const template = read.values.get('sub-dir');
  if (template === undefined) return '';
  const field = fieldOf(read, 'sub-dir');
  if (trimSlashes(template) === '') {
    const message = 'CreateVolume Parameter sub-dir must not be empty if provided';
    refusals.push({ code: 'invalid-argument', field, message, fix: 'leave it out for the root' });
    return '';
  }
  const outcome = checkSubDirTemplate(template, request.parameters);
  if (outcome.problem === undefined) return outcome.path;
  const message = `CreateVolume Parameter ${outcome.problem}`;
  refusals.push({ code: 'invalid-argument', field, message, fix: outcome.fix });
  return '';
}
