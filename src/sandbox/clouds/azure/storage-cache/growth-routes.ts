import { ArmError } from '../arm/arm-error.ts';
import { type ArmResponse, jsonBody, ok } from '../arm/arm-request.ts';
import { invalidParameter, readJson } from '../arm/json-reader.ts';
import { page } from '../arm/paging.ts';
import { childKey } from '../arm/resource-id.ts';
import type { RoutedRequest } from '../arm/router.ts';
import { readTags } from '../arm/tags.ts';
import type { Cloud } from '../cloud.ts';
import { jobRoutes, jobsOf, notFound } from './child-routes.ts';
import { putExpansionJob } from './expansion-requests.ts';
import { findFilesystem } from './find-filesystem.ts';
import { expansionJobBody, rebalanceJobBody } from './job-bodies.ts';
import { progressHeaders } from './progress-headers.ts';

/** Expansion jobs, and the rebalance jobs that they lead to. */
export function growthRoutes(cloud: Cloud) {
  return [
    ...jobRoutes('expansionJobs', {
      list: (routed) => listExpansions(cloud, routed),
      get: (routed) => ok(showExpansion(cloud, routed)),
      put: (routed) => putExpansion(cloud, routed),
      patch: (routed) => tagExpansion(cloud, routed),
      delete: (routed) => forget(cloud, routed, 'expansionJobs'),
    }),
    ...jobRoutes('rebalanceJobs', {
      list: (routed) => listRebalances(cloud, routed),
      get: (routed) => ok(showRebalance(cloud, routed)),
      patch: (routed) => patchRebalance(cloud, routed),
      delete: (routed) => forget(cloud, routed, 'rebalanceJobs'),
    }),
  ];
}

function listExpansions(cloud: Cloud, routed: RoutedRequest): ArmResponse {
  const entries = jobsOf(cloud, routed, cloud.state.expansionJobs).map(({ key, value }) => ({
    key,
    value: expansionJobBody(cloud.subscriptionId, value, cloud.clock.now(), routed.apiVersion),
  }));
  return page(routed.request, entries, cloud.pageSize);
}

function showExpansion(cloud: Cloud, routed: RoutedRequest): object {
  const job = cloud.state.expansionJobs.get(keyOf(cloud, routed));
  if (job === undefined) throw notFound('expansionJobs', routed);
  return expansionJobBody(cloud.subscriptionId, job, cloud.clock.now(), routed.apiVersion);
}

function putExpansion(cloud: Cloud, routed: RoutedRequest): ArmResponse {
  const filesystem = findFilesystem(cloud, routed);
  const { request, apiVersion, parameters } = routed;
  const name = parameters.job ?? '';
  const accepted = putExpansionJob(cloud, cloud.subnets, filesystem, name, jsonBody(request), request);
  return {
    status: accepted.created ? 201 : 200,
    headers: progressHeaders(cloud, routed, accepted.operation),
    body: expansionJobBody(cloud.subscriptionId, accepted.job, cloud.clock.now(), apiVersion),
  };
}

/** Only tags can be changed. */
function tagExpansion(cloud: Cloud, routed: RoutedRequest): ArmResponse {
  const key = keyOf(cloud, routed);
  const job = cloud.state.expansionJobs.get(key);
  if (job === undefined) throw notFound('expansionJobs', routed);
  const tags = readTags(readJson(jsonBody(routed.request))) ?? job.tags;
  cloud.state.expansionJobs.put(key, { ...job, tags });
  return ok(showExpansion(cloud, routed));
}

function listRebalances(cloud: Cloud, routed: RoutedRequest): ArmResponse {
  const entries = jobsOf(cloud, routed, cloud.state.rebalanceJobs).map(({ key, value }) => ({
    key,
    value: rebalanceJobBody(cloud.subscriptionId, value, cloud.clock.now()),
  }));
  return page(routed.request, entries, cloud.pageSize);
}

function showRebalance(cloud: Cloud, routed: RoutedRequest): object {
  const job = cloud.state.rebalanceJobs.get(keyOf(cloud, routed));
  if (job === undefined) throw notFound('rebalanceJobs', routed);
  return rebalanceJobBody(cloud.subscriptionId, job, cloud.clock.now());
}

/** A rebalance can be cancelled; what it has moved by then stays where it is. */
function patchRebalance(cloud: Cloud, routed: RoutedRequest): ArmResponse {
  const key = keyOf(cloud, routed);
  const job = cloud.state.rebalanceJobs.get(key);
  if (job === undefined) throw notFound('rebalanceJobs', routed);
  const status = readJson(jsonBody(routed.request)).optionalObject('properties')?.optionalText('adminStatus');
  if (status !== undefined && status !== 'Active' && status !== 'Cancel')
    throw invalidParameter('properties.adminStatus', 'Valid values are: Active, Cancel.');
  if (status === 'Cancel' && job.state === 'InProgress')
    cloud.state.rebalanceJobs.put(key, {
      ...job,
      adminStatus: 'Cancel',
      state: 'Canceled',
      endsAt: cloud.clock.now(),
    });
  return ok(showRebalance(cloud, routed));
}

/** Only the record goes: the capacity that a job has added stays. */
function forget(cloud: Cloud, routed: RoutedRequest, kind: 'expansionJobs' | 'rebalanceJobs'): ArmResponse {
  const key = keyOf(cloud, routed);
  const job = cloud.state[kind].get(key);
  if (job?.state === 'InProgress') {
    throw new ArmError(
      409,
      'AnotherOperationInProgress',
      `The job '${job.name}' is in progress and cannot be deleted.`,
    );
  }
  cloud.state[kind].delete(key);
  return { status: 204 };
}

function keyOf(cloud: Cloud, routed: RoutedRequest): string {
  return childKey(findFilesystem(cloud, routed), routed.parameters.job ?? '');
}
