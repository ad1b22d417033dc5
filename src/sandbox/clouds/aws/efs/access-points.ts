import { numberParameter } from '../../faults/fault.ts';
import { type AwsResponse, jsonResponse } from '../http/aws-request.ts';
import { badRequest, Refusal } from '../http/refusal.ts';
import { type BodyReader, parseBody } from './body-reader.ts';
import { alive, allAlive, type EfsCall, type EfsContext, isListed, newLifeCycle } from './efs-context.ts';
import { findFileSystem } from './find-file-system.ts';
import { pageSize, readToken, writeToken } from './paging.ts';
import { arnOf, idOf, newId } from './resource-names.ts';
import {
  type AccessPoint,
  type FileSystem,
  type PosixUser,
  type RootDirectory,
  stateAt,
  usualTime,
} from './resources.ts';
import { readTags, wireTags } from './tags.ts';

/** As EFS documents `Path`: up to four components, none beginning with a dot. */
const ROOT_PATH = /^(\/|(\/(?!\.)+[^$#<>;`|&?{}^*/\n]+){1,4})$/;

/** POST /2015-02-01/access-points */
export function createAccessPoint(context: EfsContext, call: EfsCall): AwsResponse {
  const body = parseBody(call.body);
  const clientToken = body.text('ClientToken');
  if (!/^.{1,64}$/.test(clientToken)) throw badRequest('ClientToken must have 1 to 64 characters.');
  const request = {
    posixUser: readPosixUser(body),
    rootDirectory: readRootDirectory(body),
    tags: readTags(body),
  };
  const fileSystem = findFileSystem(context, call, body.text('FileSystemId'));
  refuseRepetition(context, call.account, clientToken);
  checkFileSystem(context, call, fileSystem);
  const accessPoint: AccessPoint = {
    id: newId('fsap'),
    account: call.account,
    fileSystemId: fileSystem.id,
    clientToken,
    ...request,
    sequence: nextSequence(context),
    ...newLifeCycle(context, call, usualTime.accessPoint.create),
  };
  context.accessPoints.put(accessPoint);
  return jsonResponse(200, describe(context, accessPoint));
}

/** GET /2015-02-01/access-points */
export function describeAccessPoints(context: EfsContext, call: EfsCall): AwsResponse {
  const { query } = call;
  const [accessPointId, fileSystemId] = [query.get('AccessPointId'), query.get('FileSystemId')];
  if (accessPointId && fileSystemId) {
    throw badRequest('You can specify either AccessPointId or FileSystemId, but not both.');
  }
  if (accessPointId) {
    return jsonResponse(200, {
      AccessPoints: [describe(context, findAccessPoint(context, call, accessPointId))],
    });
  }
  const rows = fileSystemId
    ? context.accessPoints.by('fileSystem', findFileSystem(context, call, fileSystemId).id)
    : context.accessPoints.all();
  return jsonResponse(200, page(context, call, rows));
}

/** DELETE /2015-02-01/access-points/{id} */
export function deleteAccessPoint(context: EfsContext, call: EfsCall): AwsResponse {
  const accessPoint = findAccessPoint(context, call, call.parameters.accessPointId ?? '');
  if (accessPoint.goneAt === undefined) {
    const goneAt = context.clock.now() + usualTime.accessPoint.delete / context.timeScale;
    context.accessPoints.put({ ...accessPoint, goneAt });
  }
  return { status: 204, body: '' };
}

export function findAccessPoint(context: EfsContext, call: EfsCall, name: string): AccessPoint {
  const id = idOf(name);
  const found = alive(context, context.accessPoints, context.accessPoints.get(id));
  if (found?.account === call.account) return found;
  throw new Refusal(404, 'AccessPointNotFound', `Access point ${id} does not exist.`);
}

/** Key of the index `token`: EFS keeps client tokens apart by account, not by file system. */
export function tokenKey({ account, clientToken }: Pick<AccessPoint, 'account' | 'clientToken'>): string {
  return `${account} ${clientToken}`;
}

function page(context: EfsContext, call: EfsCall, rows: Iterable<AccessPoint>): object {
  const size = pageSize(call.query, 'MaxResults');
  const after = Number(readToken(call.query, 'NextToken') ?? -1);
  if (Number.isNaN(after)) throw badRequest('Invalid NextToken');
  const found: AccessPoint[] = [];
  for (const row of rows) {
    if (row.sequence <= after || row.account !== call.account) continue;
    if (stateAt(row, context.clock.now()) === undefined || !isListed(context, row, call)) continue;
    if (found.push(row) > size) break;
  }
  const shown = found.slice(0, size);
  const last = found.length > size ? shown.at(-1) : undefined;
  return {
    AccessPoints: shown.map((row) => describe(context, row)),
    ...(last && { NextToken: writeToken(String(last.sequence)) }),
  };
}

function refuseRepetition(context: EfsContext, account: string, clientToken: string): void {
  const rows = context.accessPoints.by('token', tokenKey({ account, clientToken }));
  const [made] = allAlive(context, context.accessPoints, rows);
  if (made === undefined) return;
  throw new Refusal(
    409,
    'AccessPointAlreadyExists',
    `Access point already exists with creation token ${clientToken}`,
    { AccessPointId: made.id },
  );
}

function checkFileSystem(context: EfsContext, call: EfsCall, fileSystem: FileSystem): void {
  const state = stateAt(fileSystem, context.clock.now());
  if (state !== 'available') {
    throw new Refusal(
      409,
      'IncorrectFileSystemLifeCycleState',
      `File system ${fileSystem.id} is in the state ${state}; it must be available.`,
    );
  }
  const fault = context.faults.standing('access-point-limit', call.struck);
  const limit = fault === undefined ? context.accessPointLimit : numberParameter(fault, 'limit', 0);
  // Those that are gone are cleared away only where they matter: a create must not walk ten thousand.
  if (context.accessPoints.count('fileSystem', fileSystem.id) < limit) return;
  const all = context.accessPoints.by('fileSystem', fileSystem.id);
  if (allAlive(context, context.accessPoints, all).length < limit) return;
  throw new Refusal(
    403,
    'AccessPointLimitExceeded',
    `You have reached the maximum number of access points (${limit}) for file system ${fileSystem.id}.`,
  );
}

const sequences = new WeakMap<EfsContext, number>();

/** Goes on after the highest there is. */
function nextSequence(context: EfsContext): number {
  let last = sequences.get(context);
  if (last === undefined) {
    last = 0;
    for (const { sequence } of context.accessPoints.all()) last = Math.max(last, sequence);
  }
  sequences.set(context, last + 1);
  return last + 1;
}

function readPosixUser(body: BodyReader): PosixUser | undefined {
  const user = body.optionalObject('PosixUser');
  if (user === undefined) return undefined;
  const secondaryGids = user.optionalIds('SecondaryGids');
  if ((secondaryGids?.length ?? 0) > 16)
    throw badRequest('PosixUser.SecondaryGids has more than 16 entries.');
  return { uid: user.id('Uid'), gid: user.id('Gid'), secondaryGids };
}

function readRootDirectory(body: BodyReader): RootDirectory {
  const root = body.optionalObject('RootDirectory');
  const path = root?.optionalText('Path') ?? '/';
  if (path.length > 100 || !ROOT_PATH.test(path)) {
    throw badRequest(
      `Invalid value for RootDirectory.Path: must have at most 100 characters and four components, none beginning with a dot, and begin with a slash.`,
    );
  }
  const info = root?.optionalObject('CreationInfo');
  if (info === undefined) return { path, creationInfo: undefined };
  const permissions = info.text('Permissions');
  if (!/^[0-7]{3,4}$/.test(permissions)) {
    throw badRequest(
      'Invalid value for RootDirectory.CreationInfo.Permissions: must be 3 or 4 octal digits.',
    );
  }
  return {
    path,
    creationInfo: { ownerUid: info.id('OwnerUid'), ownerGid: info.id('OwnerGid'), permissions },
  };
}

function describe(context: EfsContext, accessPoint: AccessPoint): object {
  const { id, account, posixUser, rootDirectory, tags } = accessPoint;
  const { creationInfo } = rootDirectory;
  return {
    AccessPointArn: arnOf(context.region, account, 'access-point', id),
    AccessPointId: id,
    ClientToken: accessPoint.clientToken,
    FileSystemId: accessPoint.fileSystemId,
    LifeCycleState: stateAt(accessPoint, context.clock.now()) ?? 'deleted',
    ...(tags.Name === undefined ? {} : { Name: tags.Name }),
    OwnerId: account,
    ...(posixUser && {
      PosixUser: {
        Uid: posixUser.uid,
        Gid: posixUser.gid,
        ...(posixUser.secondaryGids && { SecondaryGids: posixUser.secondaryGids }),
      },
    }),
    RootDirectory: {
      Path: rootDirectory.path,
      ...(creationInfo && {
        CreationInfo: {
          OwnerUid: creationInfo.ownerUid,
          OwnerGid: creationInfo.ownerGid,
          Permissions: creationInfo.permissions,
        },
      }),
    },
    Tags: wireTags(tags),
  };
}
