import { ArmError } from '../arm/arm-error.ts';
import { type ArmRequest, type ArmResponse, jsonBody, ok } from '../arm/arm-request.ts';
import { page } from '../arm/paging.ts';
import { expansionJobKey, resourceKey } from '../arm/resource-id.ts';
import type { Route, RoutedRequest } from '../arm/router.ts';
import type { Cloud } from '../cloud.ts';
import { findResourceGroup, resourceNotFound } from '../resources/find-resource-group.ts';
import { putExpansionJob, runningJob } from './expansion-requests.ts';
import type { Filesystem } from './filesystem.ts';
import { expansionJobBody, filesystemBody } from './filesystem-body.ts';
import { deleteFilesystem, patchFilesystem, putFilesystem } from './filesystem-requests.ts';
import { type Operation, operationHeaders } from './operation.ts';
import { retryAfterSeconds } from './timing.ts';

const TYPE = 'Microsoft.StorageCache/amlFilesystems';
const COLLECTION = `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/${TYPE}`;
const ITEM = `${COLLECTION}/{name}`;
const JOBS = `${ITEM}/expansionJobs`;

/** `amlFilesystems` and the jobs below them. */
export function filesystemRoutes(cloud: Cloud): readonly Route[] {
  const at = (method: Route['method'], path: string, handle: Route['handle']): Route => ({
    method,
    path,
    handle,
    namespace: 'Microsoft.StorageCache',
    type: path.startsWith(JOBS) ? 'amlFilesystems/expansionJobs' : 'amlFilesystems',
  });
  return [
    at('GET', `/subscriptions/{subscriptionId}/providers/${TYPE}`, (routed) => list(cloud, routed)),
    at('GET', COLLECTION, (routed) => list(cloud, routed)),
    at('GET', ITEM, (routed) => ok(show(cloud, find(cloud, routed), routed.apiVersion))),
    at('PUT', ITEM, (routed) => put(cloud, routed)),
    at('PATCH', ITEM, (routed) => patch(cloud, routed)),
    at('DELETE', ITEM, (routed) => remove(cloud, routed)),
    at('GET', JOBS, (routed) => listJobs(cloud, routed)),
    at('GET', `${JOBS}/{job}`, (routed) => getJob(cloud, routed)),
    at('PUT', `${JOBS}/{job}`, (routed) => putJob(cloud, routed)),
    at('DELETE', `${JOBS}/{job}`, (routed) => deleteJob(cloud, routed)),
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

function put(cloud: Cloud, { request, parameters, apiVersion }: RoutedRequest): ArmResponse {
  const group = findResourceGroup(cloud.state, parameters.resourceGroup ?? '');
  const resource = { resourceGroup: group.name, name: parameters.name ?? '' };
  const accepted = putFilesystem(cloud, cloud.subnets, resource, jsonBody(request), request);
  return {
    status: accepted.created ? 201 : 200,
    headers: accepted.operation && progressHeaders(cloud, request, apiVersion, accepted.operation),
    body: show(cloud, accepted.filesystem, apiVersion),
  };
}

function patch(cloud: Cloud, routed: RoutedRequest): ArmResponse {
  const { request, apiVersion } = routed;
  const accepted = patchFilesystem(cloud, find(cloud, routed), jsonBody(request), request);
  return {
    status: accepted.operation === undefined ? 200 : 202,
    headers: accepted.operation && progressHeaders(cloud, request, apiVersion, accepted.operation),
    body: show(cloud, accepted.filesystem, apiVersion),
  };
}

function remove(cloud: Cloud, { request, parameters, apiVersion }: RoutedRequest): ArmResponse {
  const group = findResourceGroup(cloud.state, parameters.resourceGroup ?? '');
  const resource = { resourceGroup: group.name, name: parameters.name ?? '' };
  const operation = deleteFilesystem(cloud, resource, request);
  if (operation === undefined) return { status: 204 };
  return { status: 202, headers: progressHeaders(cloud, request, apiVersion, operation) };
}

function listJobs(cloud: Cloud, routed: RoutedRequest): ArmResponse {
  const filesystem = find(cloud, routed);
  const entries = cloud.state.expansionJobs
    .entries()
    .filter(({ value }) => resourceKey(value.filesystem) === resourceKey(filesystem))
    .map(({ key, value }) => ({
      key,
      value: expansionJobBody(cloud.subscriptionId, value, cloud.clock.now(), routed.apiVersion),
    }));
  return page(routed.request, entries, cloud.pageSize);
}

function getJob(cloud: Cloud, routed: RoutedRequest): ArmResponse {
  const { key, name } = jobOf(cloud, routed);
  const job = cloud.state.expansionJobs.get(key);
  if (job === undefined) {
    throw resourceNotFound(`${TYPE}/expansionJobs`, name, routed.parameters.resourceGroup ?? '');
  }
  return ok(expansionJobBody(cloud.subscriptionId, job, cloud.clock.now(), routed.apiVersion));
}

function putJob(cloud: Cloud, routed: RoutedRequest): ArmResponse {
  const { request, apiVersion } = routed;
  const filesystem = find(cloud, routed);
  const name = routed.parameters.job ?? '';
  const accepted = putExpansionJob(cloud, cloud.subnets, filesystem, name, jsonBody(request), request);
  return {
    status: accepted.created ? 201 : 200,
    headers: accepted.operation && progressHeaders(cloud, request, apiVersion, accepted.operation),
    body: expansionJobBody(cloud.subscriptionId, accepted.job, cloud.clock.now(), apiVersion),
  };
}

/** Only the record goes: the capacity that a job has added stays. */
function deleteJob(cloud: Cloud, routed: RoutedRequest): ArmResponse {
  const { key, name } = jobOf(cloud, routed);
  const job = cloud.state.expansionJobs.get(key);
  if (job === undefined) return { status: 204 };
  if (job.state === 'InProgress') {
    throw new ArmError(
      409,
      'AnotherOperationInProgress',
      `The expansion job '${name}' is in progress and cannot be deleted.`,
    );
  }
  cloud.state.expansionJobs.delete(key);
  return { status: 204 };
}

function jobOf(cloud: Cloud, routed: RoutedRequest): { readonly key: string; readonly name: string } {
  const name = routed.parameters.job ?? '';
  return { name, key: expansionJobKey(find(cloud, routed), name) };
}

function find(cloud: Cloud, { parameters }: RoutedRequest): Filesystem {
  const group = findResourceGroup(cloud.state, parameters.resourceGroup ?? '');
  const name = parameters.name ?? '';
  const found = cloud.state.filesystems.get(resourceKey({ resourceGroup: group.name, name }));
  if (found === undefined) throw resourceNotFound(TYPE, name, group.name);
  return found;
}

function show(cloud: Cloud, filesystem: Filesystem, apiVersion: string): object {
  const expanding = runningJob(cloud, filesystem) !== undefined;
  return filesystemBody(cloud.subscriptionId, filesystem, expanding, apiVersion);
}

function progressHeaders(
  cloud: Cloud,
  { baseUrl }: ArmRequest,
  apiVersion: string,
  operation: Operation,
): Readonly<Record<string, string>> {
  return operationHeaders(
    operation,
    { baseUrl, subscriptionId: cloud.subscriptionId, apiVersion },
    retryAfterSeconds(cloud.timeScale),
  );
}
