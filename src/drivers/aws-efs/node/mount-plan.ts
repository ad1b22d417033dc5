import type { MountPlan, PublishRequest } from '../../../csi/driver.ts';
import type { Refusal } from '../../refusal.ts';
import { type EfsMountPlan, type MountTargetChoice, nfsOptions } from '../efs-mount.ts';
import { unsupportedCapability } from '../intent.ts';
import { readAttributes, type VolumeAttributes } from '../volume-attributes.ts';
import { parseVolumeId, type VolumeId } from '../volume-id.ts';
import { type EfsMountOptions, readMountOptions } from './mount-options.ts';

export type EfsMounterKind = 'tunnel' | 'efs-utils';

export interface PlannedMount {
  /** Undefined where the handle cannot be read. */
  readonly plan: EfsMountPlan | undefined;
  readonly refusals: readonly Refusal[];
}

/** What to mount and how, from handle, attributes and mount options alone. */
export function planMount(request: PublishRequest, mounter: EfsMounterKind): PlannedMount {
  const refusals: Refusal[] = [];
  const { id, problem } = parseVolumeId(request.volumeId);
  if (id === undefined) {
    return {
      plan: undefined,
      refusals: [{ code: 'invalid-argument', field: 'volumeHandle', message: problem }],
    };
  }
  const unsupported = unsupportedCapability(request.capability);
  if (unsupported !== undefined)
    refusals.push({ code: 'invalid-argument', field: 'volumeMode', message: unsupported });
  const attributes = readAttributes(request.volumeContext, refusals);
  const flags = request.capability.access.type === 'mount' ? request.capability.access.mountFlags : [];
  const options = readMountOptions(flags, refusals);
  checkTogether(id, attributes, options, mounter, refusals);

  const accessPointId = id.accessPointId || options.accessPointId || '';
  const encrypted = attributes.encryptInTransit || accessPointId !== '';
  const readonly = request.readonly || options.readonly;
  const facts = {
    fileSystemId: id.fileSystemId,
    accessPointId,
    encrypted,
    iam: options.iam,
    readonly,
    mountTarget: mountTargetOf(attributes, options),
    ...(options.region !== undefined && { region: options.region }),
  };
  const path = `/${id.subPath.replace(/^\/+/, '')}`;
  const mount = mounter === 'efs-utils' ? byHelper(facts, path, options) : byKernel(facts, path, options);
  return { plan: { ...facts, ...mount }, refusals };
}

type Facts = Omit<EfsMountPlan, keyof MountPlan> & { readonly readonly: boolean };

/** Without the helper mount.nfs4: the node needs no NFS package, and an error comes at once instead of after its retries. */
function byKernel({ encrypted, fileSystemId }: Facts, path: string, { nfs }: EfsMountOptions) {
  return {
    fsType: 'nfs4',
    source: `${encrypted ? '127.0.0.1' : fileSystemId}:${path}`,
    options: [...nfsOptions, ...nfs],
    withoutHelper: true,
  };
}

function byHelper(facts: Facts, path: string, { nfs, helperOnly }: EfsMountOptions) {
  const { accessPointId, encrypted, fileSystemId, iam, mountTarget, region } = facts;
  const options = [
    ...(encrypted ? ['tls'] : []),
    ...(accessPointId === '' ? [] : [`accesspoint=${accessPointId}`]),
    ...(iam ? ['iam'] : []),
    ...(region === undefined ? [] : [`region=${region}`]),
    ...(mountTarget.by === 'name' && mountTarget.zone !== undefined ? [`az=${mountTarget.zone}`] : []),
    ...(mountTarget.by === 'address' ? [`mounttargetip=${mountTarget.address}`] : []),
    ...(mountTarget.by === 'zone-id-name' ? ['crossaccount'] : []),
    ...helperOnly,
    ...nfs,
  ];
  return { fsType: 'efs', source: `${fileSystemId}:${path}`, shownSource: `127.0.0.1:${path}`, options };
}

function mountTargetOf(attributes: VolumeAttributes, options: EfsMountOptions): MountTargetChoice {
  const address = attributes.mountTargetIp ?? options.address;
  if (address !== undefined) return { by: 'address', address };
  if (attributes.mountTargetIpMap !== undefined)
    return { by: 'zone', addresses: attributes.mountTargetIpMap };
  if (attributes.crossAccount) return { by: 'zone-id-name' };
  return { by: 'name', ...(options.zone !== undefined && { zone: options.zone }) };
}

function checkTogether(
  id: VolumeId,
  attributes: VolumeAttributes,
  options: EfsMountOptions,
  mounter: EfsMounterKind,
  refusals: Refusal[],
): void {
  const refuse = (field: string, message: string, fix: string) =>
    refusals.push({ code: 'invalid-argument', field, message, fix });
  if (id.type === 's3files')
    refuse('volumeHandle', 'S3 Files volumes are not served by this driver', 'use a file system of EFS');
  const { accessPointId } = options;
  if (accessPointId !== undefined && id.accessPointId !== '' && accessPointId !== id.accessPointId)
    refuse(
      'mountOptions',
      `Found conflicting access point IDs in mountOptions (${accessPointId}) and volumeHandle (${id.accessPointId})`,
      'leave accesspoint out of mountOptions',
    );
  if (options.tls && !attributes.encryptInTransit)
    refuse(
      'mountOptions',
      'Found tls in mountOptions but encryptInTransit is false',
      'leave one of them out',
    );
  const encrypted = attributes.encryptInTransit || id.accessPointId !== '' || accessPointId !== undefined;
  if (options.iam && !encrypted)
    refuse(
      'mountOptions',
      'The "tls" option is required when mounting via "iam"',
      'leave encryptInTransit out',
    );
  const [helperOnly] = options.helperOnly;
  if (helperOnly !== undefined && mounter === 'tunnel')
    refuse(
      'mountOptions',
      `mount option "${helperOnly.split('=')[0]}" is for mount.efs`,
      'leave it out, or run the node plugin with --mounter=efs-utils',
    );
}
