import { type ArmResponse, jsonBody, ok } from '../arm/arm-request.ts';
import { page } from '../arm/paging.ts';
import { childKey } from '../arm/resource-id.ts';
import type { Route, RoutedRequest } from '../arm/router.ts';
import type { Cloud } from '../cloud.ts';
import { type BlobJob, type BlobJobKind, blobJobKinds } from './blob-job.ts';
import { patchBlobJob, putBlobJob } from './blob-job-requests.ts';
import { jobRoutes, jobsOf, notFound } from './child-routes.ts';
import { findFilesystem } from './find-filesystem.ts';
import { blobJobBody } from './job-bodies.ts';
import { progressHeaders } from './progress-headers.ts';

/** `importJobs`, `autoImportJobs` and `autoExportJobs`. */
export function blobJobRoutes(cloud: Cloud): readonly Route[] {
  return (Object.keys(blobJobKinds) as BlobJobKind[]).flatMap((kind) => {
    const keyOf = (routed: RoutedRequest) =>
      childKey(findFilesystem(cloud, routed), kind, routed.parameters.job ?? '');
    const found = (routed: RoutedRequest): BlobJob => {
      const job = cloud.state.blobJobs.get(keyOf(routed));
      if (job === undefined) throw notFound(kind, routed);
      return job;
    };
    return jobRoutes(kind, {
      list: (routed) => list(cloud, routed, kind),
      get: (routed) => ok(blobJobBody(cloud.subscriptionId, found(routed))),
      put: (routed) => put(cloud, routed, kind),
      patch: (routed) => {
        const changed = patchBlobJob(cloud, found(routed), jsonBody(routed.request));
        cloud.state.blobJobs.put(keyOf(routed), changed);
        return ok(blobJobBody(cloud.subscriptionId, changed));
      },
      delete: (routed) => {
        cloud.state.blobJobs.delete(keyOf(routed));
        return { status: 204 };
      },
    });
  });
}

function list(cloud: Cloud, routed: RoutedRequest, kind: BlobJobKind): ArmResponse {
  const entries = jobsOf(cloud, routed, cloud.state.blobJobs)
    .filter(({ value }) => value.kind === kind)
    .map(({ key, value }) => ({ key, value: blobJobBody(cloud.subscriptionId, value) }));
  return page(routed.request, entries, cloud.pageSize);
}

function put(cloud: Cloud, routed: RoutedRequest, kind: BlobJobKind): ArmResponse {
  const { request, parameters } = routed;
  const filesystem = findFilesystem(cloud, routed);
  const accepted = putBlobJob(cloud, filesystem, kind, parameters.job ?? '', jsonBody(request), request);
  return {
    status: accepted.created ? 201 : 200,
    headers: progressHeaders(cloud, routed, accepted.operation),
    body: blobJobBody(cloud.subscriptionId, accepted.job),
  };
}
