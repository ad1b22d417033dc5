import type { AwsRequest, AwsResponse } from '../http/aws-request.ts';
import { Refusal } from '../http/refusal.ts';
import { createAccessPoint, deleteAccessPoint, describeAccessPoints } from './access-points.ts';
import type { EfsCall, EfsContext } from './efs-context.ts';
import { createFileSystem, deleteFileSystem, describeFileSystems } from './file-systems.ts';
import {
  createMountTarget,
  deleteMountTarget,
  describeMountTargets,
  describeSecurityGroups,
  modifySecurityGroups,
} from './mount-targets.ts';
import { listTagsForResource, tagResource, untagResource } from './resource-tags.ts';

type Operation = (context: EfsContext, call: EfsCall) => AwsResponse;

interface Route {
  readonly method: string;
  /** Segments in braces are parameters. */
  readonly path: string;
  readonly name: string;
  readonly operation: Operation;
}

const route = (method: string, path: string, name: string, operation: Operation): Route => ({
  method,
  path,
  name,
  operation,
});

const routes: readonly Route[] = [
  route('POST', 'access-points', 'CreateAccessPoint', createAccessPoint),
  route('GET', 'access-points', 'DescribeAccessPoints', describeAccessPoints),
  route('DELETE', 'access-points/{accessPointId}', 'DeleteAccessPoint', deleteAccessPoint),
  route('POST', 'file-systems', 'CreateFileSystem', createFileSystem),
  route('GET', 'file-systems', 'DescribeFileSystems', describeFileSystems),
  route('DELETE', 'file-systems/{fileSystemId}', 'DeleteFileSystem', deleteFileSystem),
  route('POST', 'mount-targets', 'CreateMountTarget', createMountTarget),
  route('GET', 'mount-targets', 'DescribeMountTargets', describeMountTargets),
  route('DELETE', 'mount-targets/{mountTargetId}', 'DeleteMountTarget', deleteMountTarget),
  route(
    'GET',
    'mount-targets/{mountTargetId}/security-groups',
    'DescribeMountTargetSecurityGroups',
    describeSecurityGroups,
  ),
  route(
    'PUT',
    'mount-targets/{mountTargetId}/security-groups',
    'ModifyMountTargetSecurityGroups',
    modifySecurityGroups,
  ),
  route('POST', 'resource-tags/{resourceId}', 'TagResource', tagResource),
  route('DELETE', 'resource-tags/{resourceId}', 'UntagResource', untagResource),
  route('GET', 'resource-tags/{resourceId}', 'ListTagsForResource', listTagsForResource),
];

export const EFS_PATH = '/2015-02-01/';

/** An operation of EFS that a request asks for, ready to be done for an account. */
export interface EfsOperation {
  readonly name: string;
  perform(context: EfsContext, account: string): AwsResponse;
}

/** Finds the operation. Throws Refusal where there is none. */
export function findEfsOperation(request: AwsRequest): EfsOperation {
  const segments = request.path.slice(EFS_PATH.length).replace(/\/$/, '').split('/');
  for (const { method, path, name, operation } of routes) {
    const parameters = method === request.method ? match(path.split('/'), segments) : undefined;
    if (parameters === undefined) continue;
    const { method: sent, path: asked, query, body } = request;
    return {
      name,
      perform: (context, account) =>
        operation(context, { account, parameters, query, body, struck: { method: sent, path: asked } }),
    };
  }
  throw new Refusal(
    404,
    'UnknownOperationException',
    `The sandbox does not serve ${request.method} ${request.path}.`,
  );
}

function match(
  pattern: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
  // An ARN as the last parameter has a slash of its own.
  const given =
    segments.length === pattern.length + 1 && decode(segments.at(-2)).startsWith('arn:')
      ? [...segments.slice(0, -2), segments.slice(-2).join('/')]
      : segments;
  if (pattern.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = decode(given[index]);
    if (part.startsWith('{')) parameters[part.slice(1, -1)] = segment;
    else if (part !== segment) return undefined;
  }
  return parameters;
}

function decode(segment: string | undefined): string {
  try {
    return decodeURIComponent(segment ?? '');
  } catch {
    throw new Refusal(400, 'BadRequest', `The path segment '${segment}' is not validly encoded.`);
  }
}
