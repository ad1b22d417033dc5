import { AwsError } from '../../../cloud/aws/aws-error.ts';
import { dnsSuffix } from '../../../cloud/aws/aws-partition.ts';
import type { NodeMountTarget } from '../../../cloud/aws/find-mount-targets.ts';
import { CloudConfigError } from '../../../cloud/cloud-config-error.ts';
import { CsiError } from '../../../csi/errors.ts';
import type { Log } from '../../../telemetry/log.ts';
import type { EfsNodePorts } from '../../driver-module.ts';
import type { EfsMountPlan } from '../efs-mount.ts';

/** Where a mount connects to. */
export interface MountTarget {
  /** An address, for reaching it now. */
  readonly address: string;
  /** What to connect to later on: the name where DNS knows it, because its address may change, else the address. */
  readonly host: string;
  /** The name that its certificate bears, without a zone. */
  readonly serverName: string;
}

type Ports = Pick<EfsNodePorts, 'aws' | 'lookup'>;

/** Finds the mount target of a plan. Throws CsiError that says what could not be found, and where. */
export async function findMountTarget(
  plan: EfsMountPlan,
  ports: Ports,
  log: Log,
  signal: AbortSignal,
): Promise<MountTarget> {
  try {
    return await find(plan, ports, log, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CloudConfigError) {
      throw new CsiError('failed-precondition', error.message, { cause: error });
    }
    if (error instanceof AwsError) {
      const message = `where ${plan.fileSystemId} is mounted from is not known: ${error.message}`;
      throw new CsiError('unavailable', message, { cause: error });
    }
    throw error;
  }
}

async function find(plan: EfsMountPlan, ports: Ports, log: Log, signal: AbortSignal): Promise<MountTarget> {
  const { fileSystemId, mountTarget } = plan;
  const aws = await ports.aws();
  const region = plan.region ?? (await aws.region(signal));
  const serverName = `${fileSystemId}.efs.${region}.${dnsSuffix(region)}`;
  const fixed = (address: string): MountTarget => ({ address, host: address, serverName });
  const zoneMetadata = (key: string) => aws.metadata.read(`meta-data/placement/${key}`, signal);

  switch (mountTarget.by) {
    case 'address':
      return fixed(mountTarget.address);
    case 'zone': {
      const zone = await zoneMetadata('availability-zone').catch(() => undefined);
      return fixed(inZone(mountTarget.addresses, zone?.trim(), fileSystemId, log));
    }
    case 'zone-id-name': {
      const zoneId = (await zoneMetadata('availability-zone-id'))?.trim();
      const name = `${zoneId}.${serverName}`;
      const address = await firstAddress(name, ports);
      if (address === undefined) throw unresolved(name);
      return { address, host: name, serverName };
    }
    case 'name': {
      const name = mountTarget.zone === undefined ? serverName : `${mountTarget.zone}.${serverName}`;
      const address = await firstAddress(name, ports);
      if (address !== undefined) return { address, host: name, serverName };
      log.warn({ name }, 'DNS does not know the mount target; asking EFS for its address');
      const targets = await aws.mountTargets(fileSystemId, signal).catch((cause: unknown) => {
        throw unresolved(name, cause);
      });
      const zoneId = await zoneMetadata('availability-zone-id').catch(() => undefined);
      return fixed(chosenAddress(targets, mountTarget.zone, zoneId?.trim()) ?? noTarget(name));
    }
  }
}

/** The zone asked for, else the node's own, else any; undefined only where there is no target at all. */
function chosenAddress(
  targets: readonly NodeMountTarget[],
  zone: string | undefined,
  ownZoneId: string | undefined,
): string | undefined {
  const chosen =
    targets.find((target) => zone !== undefined && target.zone === zone) ??
    targets.find((target) => ownZoneId !== undefined && target.zoneId === ownZoneId) ??
    targets[0];
  return chosen?.address;
}

function inZone(
  addresses: Readonly<Record<string, string>>,
  zone: string | undefined,
  fileSystemId: string,
  log: Log,
): string {
  const own = zone === undefined ? undefined : addresses[zone];
  if (own !== undefined) return own;
  const [other] = Object.entries(addresses);
  if (other === undefined) {
    throw new CsiError('invalid-argument', 'volumeAttributes.mountTargetIpMap names no mount target');
  }
  log.warn(
    { fileSystemId, zone, instead: other[0] },
    'no mount target in the zone of this node; another is used, over a slower and charged way',
  );
  return other[1];
}

/** IPv4 first, as efs-utils has it. */
async function firstAddress(name: string, { lookup }: Ports): Promise<string | undefined> {
  const addresses = await lookup(name).catch(() => []);
  return addresses.find((address) => !address.includes(':')) ?? addresses[0];
}

function unresolved(name: string, cause?: unknown): CsiError {
  const more =
    cause instanceof AwsError ? `; EFS could not be asked for an address either: ${cause.message}` : '';
  const message = `Failed to resolve "${name}" - check that your file system ID is correct, and ensure that the VPC has an EFS mount target for this file system ID${more}`;
  return new CsiError('unavailable', message, { cause });
}

function noTarget(name: string): never {
  throw new CsiError(
    'unavailable',
    `Failed to resolve "${name}", and EFS has no available mount target for the file system: create one in the zone of this node`,
  );
}
