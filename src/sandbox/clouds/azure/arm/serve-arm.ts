import { numberParameter } from '../../faults/fault.ts';
import type { Cloud } from '../cloud.ts';
import { networkRoutes } from '../network/network-routes.ts';
import type { AccessTokens } from '../oauth/access-token.ts';
import { resourceRoutes } from '../resources/resource-routes.ts';
import { blobJobRoutes } from '../storage-cache/blob-job-routes.ts';
import { filesystemRoutes } from '../storage-cache/filesystem-routes.ts';
import { growthRoutes } from '../storage-cache/growth-routes.ts';
import { serviceRoutes } from '../storage-cache/service-routes.ts';
import { ArmError, armErrorBody } from './arm-error.ts';
import type { ArmRequest, ArmResponse } from './arm-request.ts';
import { authenticate } from './authenticate.ts';
import { createRouter } from './router.ts';

/** An answer, or `lost`: the request took effect and the connection is to be reset. */
export type ArmOutcome = ArmResponse | 'lost';

/** ARM behind its front door: faults, credentials, routes, errors. */
export function createArm(
  cloud: Cloud,
  tokens: AccessTokens,
  location: string,
): (request: ArmRequest) => ArmOutcome {
  const route = createRouter(
    [
      ...filesystemRoutes(cloud),
      ...growthRoutes(cloud),
      ...blobJobRoutes(cloud),
      ...serviceRoutes(cloud),
      ...networkRoutes(cloud),
      ...resourceRoutes(cloud),
    ],
    cloud.subscriptionId,
    location,
  );
  return (request) => {
    try {
      authenticate(request, tokens, cloud.faults, cloud.tenantId, cloud.clock.now());
      refuseByFault(cloud, request);
      cloud.filesystems.settle();
      const response = cloud.state.transaction(() => route(request));
      cloud.filesystems.settle();
      const lost = request.method !== 'GET' && cloud.faults.take('lose-response', request) !== undefined;
      return lost ? 'lost' : response;
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      return { status: error.status, headers: error.headers, body: armErrorBody(error) };
    }
  };
}

function refuseByFault(cloud: Cloud, request: ArmRequest): void {
  const throttle = cloud.faults.take('throttle', request);
  if (throttle !== undefined) {
    throw new ArmError(
      429,
      'TooManyRequests',
      'The request is being throttled as the limit has been reached for the operation type.',
      { headers: { 'Retry-After': String(numberParameter(throttle, 'retryAfterSeconds', 1)) } },
    );
  }
  const failure = cloud.faults.take('server-error', request);
  if (failure === undefined) return;
  const status = numberParameter(failure, 'status', 503);
  throw new ArmError(status, serverErrorCode(status), 'The service could not serve the request.');
}

function serverErrorCode(status: number): string {
  switch (status) {
    case 500:
      return 'InternalServerError';
    case 502:
      return 'BadGateway';
    case 504:
      return 'GatewayTimeout';
    default:
      return 'ServiceUnavailable';
  }
}
