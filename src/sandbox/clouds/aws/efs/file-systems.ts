import { type AwsResponse, jsonResponse } from '../http/aws-request.ts';
import { badRequest, Refusal } from '../http/refusal.ts';
import { subnets, zoneOf } from '../network.ts';
import { parseBody } from './body-reader.ts';
import { allAlive, type EfsCall, type EfsContext, isListed, newLifeCycle } from './efs-context.ts';
import { findFileSystem } from './find-file-system.ts';
import { livingMountTargets } from './mount-targets.ts';
import { pageSize, readToken, writeToken } from './paging.ts';
import { arnOf, newId } from './resource-names.ts';
import { type FileSystem, stateAt, usualTime } from './resources.ts';
import { readTags, wireTags } from './tags.ts';

const MOST_FILE_SYSTEMS = 1000;

/** POST /2015-02-01/file-systems */
export function createFileSystem(context: EfsContext, call: EfsCall): AwsResponse {
  const body = parseBody(call.body);
  const creationToken = body.text('CreationToken');
  if (!/^.{1,64}$/.test(creationToken)) throw badRequest('CreationToken must have 1 to 64 characters.');
  const zone = body.optionalText('AvailabilityZoneName');
  if (zone !== undefined && !subnets.some(({ letter }) => zoneOf(context.region, letter).name === zone)) {
    throw new Refusal(400, 'UnsupportedAvailabilityZone', `Availability zone ${zone} is not supported.`);
  }
  const own = fileSystemsOf(context, call.account);
  const made = own.find((fileSystem) => fileSystem.creationToken === creationToken);
  if (made !== undefined) {
    throw new Refusal(
      409,
      'FileSystemAlreadyExists',
      `File system '${made.id}' already exists with creation token '${creationToken}'`,
      { FileSystemId: made.id },
    );
  }
  if (own.length >= MOST_FILE_SYSTEMS) {
    throw new Refusal(403, 'FileSystemLimitExceeded', `You have reached the maximum number of file systems.`);
  }
  const fileSystem: FileSystem = {
    id: newId('fs'),
    account: call.account,
    creationToken,
    performanceMode: body.optionalText('PerformanceMode') ?? 'generalPurpose',
    throughputMode: body.optionalText('ThroughputMode') ?? 'bursting',
    provisionedThroughputInMibps: body.optionalNumber('ProvisionedThroughputInMibps'),
    encrypted: body.optionalFlag('Encrypted') ?? false,
    zone,
    tags: readTags(body),
    ...newLifeCycle(context, call, usualTime.fileSystem.create),
  };
  context.directories.create(fileSystem.id);
  context.fileSystems.put(fileSystem);
  return jsonResponse(201, describe(context, fileSystem));
}

/** GET /2015-02-01/file-systems */
export function describeFileSystems(context: EfsContext, call: EfsCall): AwsResponse {
  const [id, token] = [call.query.get('FileSystemId'), call.query.get('CreationToken')];
  if (id) {
    return jsonResponse(200, { FileSystems: [describe(context, findFileSystem(context, call, id))] });
  }
  const size = pageSize(call.query, 'MaxItems');
  const after = readToken(call.query, 'Marker') ?? '';
  const all = fileSystemsOf(context, call.account)
    .filter((fileSystem) => !token || fileSystem.creationToken === token)
    .filter((fileSystem) => isListed(context, fileSystem, call))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .filter((fileSystem) => fileSystem.id > after);
  const shown = all.slice(0, size);
  const last = all.length > size ? shown.at(-1) : undefined;
  return jsonResponse(200, {
    FileSystems: shown.map((fileSystem) => describe(context, fileSystem)),
    ...(last && { NextMarker: writeToken(last.id) }),
  });
}

/** DELETE /2015-02-01/file-systems/{id} */
export function deleteFileSystem(context: EfsContext, call: EfsCall): AwsResponse {
  const fileSystem = findFileSystem(context, call, call.parameters.fileSystemId ?? '');
  if (livingMountTargets(context, fileSystem.id).length > 0) {
    throw new Refusal(
      409,
      'FileSystemInUse',
      `File system ${fileSystem.id} has mount targets; delete them first.`,
    );
  }
  if (fileSystem.goneAt === undefined) {
    const now = context.clock.now();
    context.fileSystems.put({
      ...fileSystem,
      goneAt: now + usualTime.fileSystem.delete / context.timeScale,
    });
    // Its access points go with it.
    for (const { id } of [...context.accessPoints.by('fileSystem', fileSystem.id)]) {
      context.accessPoints.delete(id);
    }
    context.directories.remove(fileSystem.id);
  }
  return { status: 204, body: '' };
}

function fileSystemsOf(context: EfsContext, account: string): FileSystem[] {
  return allAlive(context, context.fileSystems, context.fileSystems.all()).filter(
    (fileSystem) => fileSystem.account === account,
  );
}

function describe(context: EfsContext, fileSystem: FileSystem): object {
  const { account, id, provisionedThroughputInMibps, tags, zone } = fileSystem;
  const now = context.clock.now();
  const seconds = Math.floor(fileSystem.createdAt / 1000);
  const letter = zone?.at(-1);
  return {
    OwnerId: account,
    CreationToken: fileSystem.creationToken,
    FileSystemId: id,
    FileSystemArn: arnOf(context.region, account, 'file-system', id),
    CreationTime: seconds,
    LifeCycleState: stateAt(fileSystem, now) ?? 'deleted',
    ...(tags.Name === undefined ? {} : { Name: tags.Name }),
    NumberOfMountTargets: livingMountTargets(context, id).length,
    SizeInBytes: { Value: 6144, Timestamp: seconds, ValueInIA: 0, ValueInStandard: 6144, ValueInArchive: 0 },
    PerformanceMode: fileSystem.performanceMode,
    Encrypted: fileSystem.encrypted,
    ThroughputMode: fileSystem.throughputMode,
    ...(provisionedThroughputInMibps === undefined
      ? {}
      : { ProvisionedThroughputInMibps: provisionedThroughputInMibps }),
    ...(letter === undefined
      ? {}
      : { AvailabilityZoneName: zone, AvailabilityZoneId: zoneOf(context.region, letter).id }),
    Tags: wireTags(tags),
    FileSystemProtection: { ReplicationOverwriteProtection: 'ENABLED' },
  };
}
