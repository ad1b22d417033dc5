import { ArmError } from '../arm/arm-error.ts';
import { type ArmResponse, jsonBody, ok } from '../arm/arm-request.ts';
import { invalidParameter, readJson } from '../arm/json-reader.ts';
import { page } from '../arm/paging.ts';
import { normalLocation, resourceKey } from '../arm/resource-id.ts';
import type { Route, RoutedRequest } from '../arm/router.ts';
import type { Cloud } from '../cloud.ts';
import { filesystemBody } from './filesystem-body.ts';
import { type Operation, operationBody, operationHeaders } from './operation.ts';
import { findOperation } from './operation-records.ts';
import { filesystemQuota } from './quota.ts';
import { findSku, locations, requiredAddresses, skuEntries, skus } from './skus.ts';
import { retryAfterSeconds } from './timing.ts';

const PROVIDER = '/subscriptions/{subscriptionId}/providers/Microsoft.StorageCache';

/** What `Microsoft.StorageCache` offers besides the file systems: SKUs, checks, usage, operations. */
export function serviceRoutes(cloud: Cloud): readonly Route[] {
  const at = (method: Route['method'], path: string, type: string, handle: Route['handle']): Route => ({
    method,
    path,
    type,
    handle,
    namespace: 'Microsoft.StorageCache',
  });
  const operation = (routed: RoutedRequest) => showOperation(cloud, routed);
  return [
    at('GET', '/providers/Microsoft.StorageCache/operations', 'operations', () => ok({ value: [] })),
    at('GET', `${PROVIDER}/skus`, 'skus', ({ request }) => page(request, skuEntries(), cloud.pageSize)),
    at('GET', `${PROVIDER}/usageModels`, 'usageModels', () => ok({ value: [] })),
    at('GET', `${PROVIDER}/locations/{location}/usages`, 'locations/usages', (routed) =>
      usages(cloud, routed),
    ),
    at(
      'GET',
      `${PROVIDER}/locations/{location}/ascOperations/{operation}`,
      'locations/ascOperations',
      operation,
    ),
    at('POST', `${PROVIDER}/getRequiredAmlFSSubnetsSize`, 'getRequiredAmlFSSubnetsSize', ({ request }) =>
      requiredSubnetSize(jsonBody(request)),
    ),
    at('POST', `${PROVIDER}/checkAmlFSSubnets`, 'checkAmlFSSubnets', ({ request }) =>
      checkSubnet(cloud, jsonBody(request)),
    ),
  ];
}

function usages(cloud: Cloud, { parameters }: RoutedRequest): ArmResponse {
  const location = normalLocation(parameters.location ?? '');
  if (!locations.includes(location)) {
    throw invalidParameter('location', `The location '${parameters.location}' is not valid.`);
  }
  const { limit, used } = filesystemQuota(cloud);
  const usage = (name: string, currentValue: number, most: number) => ({
    name: { value: name, localizedValue: name },
    currentValue,
    limit: most,
    unit: 'Count',
  });
  return ok({ value: [usage('Cache', 0, 4), usage('AmlFilesystem', used, limit)] });
}

/** Both forms of polling: the operation's status, and with `monitor=true` the request's own result. */
function showOperation(cloud: Cloud, routed: RoutedRequest): ArmResponse {
  const { request, parameters } = routed;
  const operation = findOperation(cloud.state, parameters.operation ?? '');
  if (operation === undefined) {
    throw new ArmError(
      404,
      'NotFound',
      `The operation '${parameters.operation}' was not found in location '${parameters.location}'.`,
    );
  }
  if (request.query.get('monitor') === 'true') return monitor(cloud, routed, operation);
  return {
    status: 200,
    headers: operation.status === 'InProgress' ? retryAfter(cloud) : {},
    body: operationBody(cloud.subscriptionId, operation, cloud.clock.now()),
  };
}

function monitor(cloud: Cloud, { request, apiVersion }: RoutedRequest, operation: Operation): ArmResponse {
  if (operation.status === 'InProgress') {
    const where = { baseUrl: request.baseUrl, subscriptionId: cloud.subscriptionId, apiVersion };
    return { status: 202, headers: operationHeaders(operation, where, retryAfterSeconds(cloud.timeScale)) };
  }
  if (operation.error !== undefined) {
    throw new ArmError(409, operation.error.code, operation.error.message);
  }
  const filesystem = cloud.state.filesystems.get(resourceKey(operation.filesystem));
  if (operation.kind === 'delete' || operation.job !== undefined || filesystem === undefined) {
    return { status: 204 };
  }
  return ok(filesystemBody(cloud.subscriptionId, filesystem, false, apiVersion));
}

function retryAfter(cloud: Cloud): Readonly<Record<string, string>> {
  return { 'Retry-After': String(retryAfterSeconds(cloud.timeScale)) };
}

function requiredSubnetSize(body: unknown): ArmResponse {
  const reader = readJson(body);
  return ok({ filesystemSubnetSize: addressesFor(reader) });
}

function addressesFor(reader: ReturnType<typeof readJson>): number {
  const name = reader.object('sku').text('name');
  const capacity = reader.number('storageCapacityTiB');
  const sku = findSku(name);
  if (sku === undefined) {
    const known = skus.map((each) => each.name).join(', ');
    throw invalidParameter('sku.name', `The SKU '${name}' is not valid. Valid values are: ${known}.`);
  }
  if (!(capacity > 0)) throw invalidParameter('storageCapacityTiB', 'The storage capacity must be above 0.');
  return requiredAddresses(sku, capacity);
}

/** Unlike all else this refuses with a body of its own instead of ARM's. */
function checkSubnet(cloud: Cloud, body: unknown): ArmResponse {
  const reader = readJson(body);
  const needed = addressesFor(reader);
  const found = cloud.subnets.find(reader.text('filesystemSubnet'));
  const invalid = (message: string) => ({
    status: 400,
    body: { filesystemSubnet: { status: 'Invalid', message } },
  });
  if (found === undefined) return invalid('The subnet was not found.');
  const location = reader.optionalText('location');
  if (location !== undefined && normalLocation(location) !== found.network.location) {
    return invalid(`The subnet is in location '${found.network.location}', not '${location}'.`);
  }
  if (found.limit - found.used < needed) {
    return invalid(
      `The subnet has ${found.limit - found.used} available IP addresses; ${needed} are required.`,
    );
  }
  return { status: 200 };
}
