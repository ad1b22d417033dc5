import type { CreateRequest, VolumeCapability } from '../../csi/driver.ts';
import type { OnDelete } from '../../directories/directories-port.ts';
import { splitOptions } from '../../mount/split-options.ts';
import type { Refusal } from '../refusal.ts';
import { type CrossAccount, readCrossAccount } from './cross-account.ts';
import { clientToken, namespacedReuseToken, reuseToken } from './directory-name.ts';
import { type FileSystemSource, readFileSystems } from './file-systems.ts';
import {
  metadataKeys,
  type ParameterKey,
  type Parameters,
  parameter,
  refuseUnknownKeys,
} from './parameter-keys.ts';
import { parseBool } from './parse-bool.ts';
import { type PosixIds, readPosixIds } from './posix-ids.ts';
import { planRootDirectory, type RootDirectoryPlan } from './root-directory.ts';

/** What a claim of a class asks for, from its own words. */
export interface Intent {
  readonly mode: 'efs-ap' | 'efs-dir';
  readonly volumeName: string;
  readonly requiredBytes: bigint;
  readonly limitBytes: bigint;
  readonly fileSystems: FileSystemSource;
  readonly directory: RootDirectoryPlan;
  /** Octal, three or four digits. */
  readonly permissions: string;
  readonly ids: PosixIds;
  /** What EFS knows the volume by. */
  readonly clientToken: string;
  /** Claims of one name share an access point. */
  readonly reuse: boolean;
  readonly tagging: boolean;
  readonly crossAccount: CrossAccount | undefined;
  readonly az: string | undefined;
  readonly zoneAffinity: boolean;
  readonly onDelete: OnDelete | undefined;
}

/** An intent comes back even with refusals, as far as it could be read, so that `berth explain` can show the rest. */
export function readIntent(
  request: CreateRequest,
  settings: { readonly hasTags: boolean },
): { readonly intent: Intent; readonly refusals: readonly Refusal[] } {
  const { parameters } = request;
  const refusals: Refusal[] = [...refuseRequest(request), ...refuseUnknownKeys(parameters)];
  const flag = (key: ParameterKey, byDefault: boolean) => readFlag(parameters, key, byDefault, refusals);
  const mode = readMode(parameters, refusals);
  const token = readToken(request, refusals);
  const unique = flag('ensureUniqueDirectory', true);
  const tagging = flag('enableTagging', true);
  if (!tagging && settings.hasTags)
    refusals.push({
      code: 'invalid-argument',
      field: 'parameters.enableTagging',
      message:
        'enableTagging is false but the driver is configured with --tags; set enableTagging=true or remove the --tags flag',
    });
  const intent: Intent = {
    mode,
    volumeName: request.name,
    requiredBytes: request.requiredBytes,
    limitBytes: request.limitBytes,
    fileSystems: readFileSystems(parameters, refusals),
    directory: planRootDirectory({ volumeName: request.name, parameters, unique, mode }, refusals),
    permissions: readPermissions(parameters, refusals),
    ids: readPosixIds(parameters, refusals),
    clientToken: token.token,
    reuse: token.reuse,
    tagging,
    crossAccount: readCrossAccount(request.secrets, refusals),
    az: parameter(parameters, 'az'),
    zoneAffinity: flag('enforceZoneAffinity', false),
    onDelete: readOnDelete(parameters, mode, refusals),
  };
  return { intent, refusals };
}

/** Why a capability cannot be had; all access modes can. */
export function unsupportedCapability({ access }: VolumeCapability): string | undefined {
  if (access.type === 'block') return 'only filesystem volumes are supported';
  if (access.fsType !== '' && access.fsType !== 'efs')
    return `Volume fstype not supported: invalid fstype: ${access.fsType}`;
  if (splitOptions(access.mountFlags).includes('crossaccount'))
    return "mount option 'crossaccount' cannot be set manually: it comes from the Secret of the class";
  return undefined;
}

function refuseRequest(request: CreateRequest): Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (field: string, message: string, fix?: string) =>
    refusals.push({ code: 'invalid-argument', field, message, ...(fix !== undefined && { fix }) });
  if (request.name === '') refuse('name', 'Volume name not provided');
  if (request.capabilities.length === 0) refuse('accessModes', 'Volume capabilities not provided');
  for (const capability of request.capabilities) {
    const message = unsupportedCapability(capability);
    if (message === undefined) continue;
    const block = capability.access.type === 'block';
    if (block) refuse('volumeMode', `Volume capabilities not supported: ${message}`, 'leave volumeMode out');
    else
      refuse(
        message.startsWith('mount option') ? 'mountOptions' : 'parameters.csi.storage.k8s.io/fstype',
        message,
      );
  }
  if (request.contentSource !== undefined)
    refuse('dataSource', 'EFS has neither snapshots nor clones of a volume', 'leave dataSource out');
  const [mutable] = Object.keys(request.mutableParameters);
  if (mutable !== undefined)
    refuse('volumeAttributesClassName', `${mutable}: no property of a volume can be modified`);
  return refusals;
}

function readMode(parameters: Parameters, refusals: Refusal[]): Intent['mode'] {
  const mode = parameter(parameters, 'provisioningMode');
  if (mode === 'efs-ap' || mode === 'efs-dir') return mode;
  refusals.push({
    code: 'invalid-argument',
    field: 'parameters.provisioningMode',
    message:
      mode === undefined
        ? 'Missing provisioningMode parameter'
        : `Provisioning mode ${mode} is not supported. Only Access point provisioning 'efs-ap' or 's3files-ap' are supported`,
    fix:
      mode === 's3files-ap'
        ? 'this program serves EFS only, S3 Files needs the upstream driver'
        : 'efs-ap for an access point of each claim, efs-dir for a directory of each claim',
  });
  return 'efs-ap';
}

function readFlag(
  parameters: Parameters,
  key: ParameterKey,
  byDefault: boolean,
  refusals: Refusal[],
): boolean {
  const text = parameter(parameters, key);
  if (text === undefined) return byDefault;
  const value = parseBool(text);
  if (value === undefined)
    refusals.push({
      code: 'invalid-argument',
      field: `parameters.${key}`,
      message: `Invalid value for ${key} parameter`,
      fix: `"true" or "false", was '${text}'`,
    });
  return value ?? byDefault;
}

function readToken(
  { name, parameters }: CreateRequest,
  refusals: Refusal[],
): { readonly token: string; readonly reuse: boolean } {
  const own = { token: clientToken(name), reuse: false };
  const namespaced = parameters.reuseAccessPoint === 'namespaced';
  if (!namespaced && !readFlag(parameters, 'reuseAccessPoint', false, refusals)) return own;
  const claim = parameters[metadataKeys.pvcName];
  const namespace = parameters[metadataKeys.pvcNamespace];
  if (claim && namespaced && namespace) return { token: namespacedReuseToken(namespace, claim), reuse: true };
  if (claim && !namespaced) return { token: reuseToken(claim), reuse: true };
  refusals.push({
    code: 'invalid-argument',
    field: 'parameters.reuseAccessPoint',
    message: 'reuseAccessPoint needs the name of the claim',
    fix: 'a separate csi-provisioner needs --extra-create-metadata',
  });
  return own;
}

function readPermissions(parameters: Parameters, refusals: Refusal[]): string {
  const text = parameter(parameters, 'directoryPerms');
  if (text !== undefined && /^[0-7]{3,4}$/.test(text)) return text;
  refusals.push({
    code: 'invalid-argument',
    field: 'parameters.directoryPerms',
    message:
      text === undefined
        ? 'Missing directoryPerms parameter'
        : `Invalid value for directoryPerms parameter: ${text}`,
    fix: 'three or four octal digits, quoted, e.g. "700"',
  });
  return '700';
}

function readOnDelete(
  parameters: Parameters,
  mode: Intent['mode'],
  refusals: Refusal[],
): OnDelete | undefined {
  const text = parameter(parameters, 'onDelete');
  if (text === undefined) return undefined;
  const refuse = (message: string, fix: string) => {
    refusals.push({ code: 'invalid-argument', field: 'parameters.onDelete', message, fix });
    return undefined;
  };
  if (mode !== 'efs-dir')
    return refuse(
      'onDelete is for provisioningMode efs-dir',
      'use --delete-access-point-root-dir of the controller',
    );
  if (text === 'delete' || text === 'archive' || text === 'retain') return text;
  return refuse(`Invalid value for onDelete parameter: ${text}`, 'delete, archive or retain');
}
