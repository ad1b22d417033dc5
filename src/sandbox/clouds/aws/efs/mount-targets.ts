import { type AwsResponse, jsonResponse } from '../http/aws-request.ts';
import { badRequest, Refusal } from '../http/refusal.ts';
import { DEFAULT_SECURITY_GROUP, freeAddress, type Subnet, subnets, VPC_ID, zoneOf } from '../network.ts';
import { findAccessPoint } from './access-points.ts';
import { parseBody } from './body-reader.ts';
import { alive, allAlive, type EfsCall, type EfsContext, isListed, newLifeCycle } from './efs-context.ts';
import { findFileSystem } from './find-file-system.ts';
import { pageSize, readToken, writeToken } from './paging.ts';
import { newId } from './resource-names.ts';
import { type MountTarget, stateAt, usualTime } from './resources.ts';

/** POST /2015-02-01/mount-targets */
export function createMountTarget(context: EfsContext, call: EfsCall): AwsResponse {
  const body = parseBody(call.body);
  const fileSystem = findFileSystem(context, call, body.text('FileSystemId'));
  if (stateAt(fileSystem, context.clock.now()) !== 'available') {
    throw new Refusal(
      409,
      'IncorrectFileSystemLifeCycleState',
      `File system ${fileSystem.id} is not available.`,
    );
  }
  const subnet = findSubnet(body.text('SubnetId'));
  const zone = zoneOf(context.region, subnet.letter).name;
  if (fileSystem.zone !== undefined && fileSystem.zone !== zone) {
    throw new Refusal(
      400,
      'AvailabilityZonesMismatch',
      `File system ${fileSystem.id} is in ${fileSystem.zone} only.`,
    );
  }
  if (livingMountTargets(context, fileSystem.id).some(({ subnetId }) => subnetId === subnet.id)) {
    throw new Refusal(409, 'MountTargetConflict', 'mount target already exists in this AZ');
  }
  const mountTarget: MountTarget = {
    id: newId('fsmt'),
    account: call.account,
    fileSystemId: fileSystem.id,
    subnetId: subnet.id,
    ipAddress: chooseAddress(context, subnet, body.optionalText('IpAddress')),
    securityGroups: body.optionalTexts('SecurityGroups') ?? [DEFAULT_SECURITY_GROUP],
    ...newLifeCycle(context, call, usualTime.mountTarget.create),
  };
  context.mountTargets.put(mountTarget);
  return jsonResponse(200, describe(context, mountTarget));
}

/** GET /2015-02-01/mount-targets */
export function describeMountTargets(context: EfsContext, call: EfsCall): AwsResponse {
  const { query } = call;
  const [id, fileSystemId, accessPointId] = [
    query.get('MountTargetId'),
    query.get('FileSystemId'),
    query.get('AccessPointId'),
  ];
  if ([id, fileSystemId, accessPointId].filter(Boolean).length !== 1) {
    throw badRequest('Specify exactly one of FileSystemId, MountTargetId and AccessPointId.');
  }
  if (id) return jsonResponse(200, { MountTargets: [describe(context, findMountTarget(context, call, id))] });
  const owner = accessPointId
    ? findAccessPoint(context, call, accessPointId).fileSystemId
    : findFileSystem(context, call, fileSystemId ?? '').id;
  const size = pageSize(query, 'MaxItems');
  const after = readToken(query, 'Marker') ?? '';
  const all = livingMountTargets(context, owner)
    .filter((mountTarget) => mountTarget.id > after && isListed(context, mountTarget, call))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const shown = all.slice(0, size);
  const last = all.length > size ? shown.at(-1) : undefined;
  return jsonResponse(200, {
    MountTargets: shown.map((mountTarget) => describe(context, mountTarget)),
    ...(last && { NextMarker: writeToken(last.id) }),
  });
}

/** DELETE /2015-02-01/mount-targets/{id} */
export function deleteMountTarget(context: EfsContext, call: EfsCall): AwsResponse {
  const mountTarget = findMountTarget(context, call, call.parameters.mountTargetId ?? '');
  if (mountTarget.goneAt === undefined) {
    const goneAt = context.clock.now() + usualTime.mountTarget.delete / context.timeScale;
    context.mountTargets.put({ ...mountTarget, goneAt });
  }
  return { status: 204, body: '' };
}

/** GET and PUT /2015-02-01/mount-targets/{id}/security-groups */
export function describeSecurityGroups(context: EfsContext, call: EfsCall): AwsResponse {
  const { securityGroups } = findMountTarget(context, call, call.parameters.mountTargetId ?? '');
  return jsonResponse(200, { SecurityGroups: securityGroups });
}

export function modifySecurityGroups(context: EfsContext, call: EfsCall): AwsResponse {
  const mountTarget = findMountTarget(context, call, call.parameters.mountTargetId ?? '');
  const securityGroups = parseBody(call.body).optionalTexts('SecurityGroups') ?? [DEFAULT_SECURITY_GROUP];
  context.mountTargets.put({ ...mountTarget, securityGroups });
  return { status: 204, body: '' };
}

/** Those being deleted count until they are gone. */
export function livingMountTargets(context: EfsContext, fileSystemId: string): MountTarget[] {
  const { mountTargets } = context;
  return allAlive(context, mountTargets, mountTargets.by('fileSystem', fileSystemId));
}

function findMountTarget(context: EfsContext, call: EfsCall, id: string): MountTarget {
  const found = alive(context, context.mountTargets, context.mountTargets.get(id));
  if (found?.account === call.account) return found;
  throw new Refusal(404, 'MountTargetNotFound', `Mount target '${id}' does not exist.`);
}

function findSubnet(id: string): Subnet {
  const subnet = subnets.find((candidate) => candidate.id === id);
  if (subnet !== undefined) return subnet;
  throw new Refusal(400, 'SubnetNotFound', `The subnet ID '${id}' does not exist`);
}

function chooseAddress(context: EfsContext, subnet: Subnet, asked: string | undefined): string {
  const taken = new Set([...context.mountTargets.all()].map(({ ipAddress }) => ipAddress));
  if (asked === undefined) {
    const free = freeAddress(subnet, taken);
    if (free !== undefined) return free;
    throw new Refusal(409, 'NoFreeAddressesInSubnet', `Subnet ${subnet.id} has no free addresses.`);
  }
  if (!asked.startsWith(`${subnet.firstOctets}.`)) {
    throw badRequest(`Address ${asked} does not fall within the subnet's address range.`);
  }
  if (taken.has(asked)) throw new Refusal(409, 'IpAddressInUse', `Address ${asked} is in use.`);
  return asked;
}

function describe(context: EfsContext, mountTarget: MountTarget): object {
  const letter = subnets.find(({ id }) => id === mountTarget.subnetId)?.letter ?? 'a';
  const zone = zoneOf(context.region, letter);
  return {
    OwnerId: mountTarget.account,
    MountTargetId: mountTarget.id,
    FileSystemId: mountTarget.fileSystemId,
    SubnetId: mountTarget.subnetId,
    LifeCycleState: stateAt(mountTarget, context.clock.now()) ?? 'deleted',
    IpAddress: mountTarget.ipAddress,
    NetworkInterfaceId: mountTarget.id.replace('fsmt-', 'eni-'),
    AvailabilityZoneId: zone.id,
    AvailabilityZoneName: zone.name,
    VpcId: VPC_ID,
  };
}
