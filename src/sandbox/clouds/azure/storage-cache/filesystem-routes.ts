import { type ArmResponse, jsonBody, ok } from '../arm/arm-request.ts';
import { page } from '../arm/paging.ts';
import type { Route, RoutedRequest } from '../arm/router.ts';
import type { Cloud } from '../cloud.ts';
import { findResourceGroup } from '../resources/find-resource-group.ts';
import { runningJob } from './expansion-requests.ts';
import type { Filesystem } from './filesystem.ts';
import { filesystemBody } from './filesystem-body.ts';
import { asFaultsHaveIt } from './filesystem-faults.ts';
import { deleteFilesystem, patchFilesystem, putFilesystem } from './filesystem-requests.ts';
import { findFilesystem } from './find-filesystem.ts';
import { progressHeaders } from './progress-headers.ts';

const TYPE = 'Microsoft.StorageCache/amlFilesystems';
const COLLECTION = `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/${TYPE}`;
const ITEM = `${COLLECTION}/{name}`;

/** `amlFilesystems` themselves. */
export function filesystemRoutes(cloud: Cloud): readonly Route[] {
  const at = (method: Route['method'], path: string, handle: Route['handle']): Route => ({
    method,
    path,
    handle,
    namespace: 'Microsoft.StorageCache',
    type: 'amlFilesystems',
  });
  return [
    at('GET', `/subscriptions/{subscriptionId}/providers/${TYPE}`, (routed) => list(cloud, routed)),
    at('GET', COLLECTION, (routed) => list(cloud, routed)),
    at('GET', ITEM, (routed) => ok(show(cloud, findFilesystem(cloud, routed), routed.apiVersion))),
    at('PUT', ITEM, (routed) => put(cloud, routed)),
    at('PATCH', ITEM, (routed) => patch(cloud, routed)),
    at('DELETE', ITEM, (routed) => remove(cloud, routed)),
  ];
}

function list(cloud: Cloud, { request, parameters, apiVersion }: RoutedRequest): ArmResponse {
  const group = parameters.resourceGroup;
  if (group !== undefined) findResourceGroup(cloud.state, group);
  const entries = cloud.state.filesystems
    .entries()
    .filter(({ value }) => group === undefined || value.resourceGroup.toLowerCase() === group.toLowerCase())
    .map(({ key, value }) => ({ key, value: show(cloud, value, apiVersion) }));
  return page(request, entries, cloud.pageSize);
}

function put(cloud: Cloud, routed: RoutedRequest): ArmResponse {
  const { request, parameters, apiVersion } = routed;
  const group = findResourceGroup(cloud.state, parameters.resourceGroup ?? '');
  const resource = { resourceGroup: group.name, name: parameters.name ?? '' };
  const accepted = putFilesystem(cloud, cloud.subnets, resource, jsonBody(request), request);
  return {
    status: accepted.created ? 201 : 200,
    headers: progressHeaders(cloud, routed, accepted.operation),
    body: show(cloud, accepted.filesystem, apiVersion),
  };
}

function patch(cloud: Cloud, routed: RoutedRequest): ArmResponse {
  const { request, apiVersion } = routed;
  const accepted = patchFilesystem(cloud, findFilesystem(cloud, routed), jsonBody(request), request);
  return {
    status: accepted.operation === undefined ? 200 : 202,
    headers: progressHeaders(cloud, routed, accepted.operation),
    body: show(cloud, accepted.filesystem, apiVersion),
  };
}

function remove(cloud: Cloud, routed: RoutedRequest): ArmResponse {
  const { request, parameters } = routed;
  const group = findResourceGroup(cloud.state, parameters.resourceGroup ?? '');
  const resource = { resourceGroup: group.name, name: parameters.name ?? '' };
  const operation = deleteFilesystem(cloud, resource, request);
  if (operation === undefined) return { status: 204 };
  return { status: 202, headers: progressHeaders(cloud, routed, operation) };
}

function show(cloud: Cloud, filesystem: Filesystem, apiVersion: string): object {
  const expanding = runningJob(cloud, filesystem) !== undefined;
  return filesystemBody(
    cloud.subscriptionId,
    asFaultsHaveIt(cloud.faults, filesystem),
    expanding,
    apiVersion,
  );
}
