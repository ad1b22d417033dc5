import { resourceProviders } from '../arm/api-versions.ts';
import { ArmError } from '../arm/arm-error.ts';
import { type ArmResponse, jsonBody, ok } from '../arm/arm-request.ts';
import { readJson } from '../arm/json-reader.ts';
import { page } from '../arm/paging.ts';
import { normalLocation } from '../arm/resource-id.ts';
import type { Route, RoutedRequest } from '../arm/router.ts';
import { readTags } from '../arm/tags.ts';
import type { Cloud } from '../cloud.ts';
import { locations } from '../storage-cache/skus.ts';
import { findResourceGroup } from './find-resource-group.ts';
import type { ResourceGroup } from './resource-group.ts';

const SUBSCRIPTION = '/subscriptions/{subscriptionId}';
const GROUP_NAME = /^[-\w.()]{0,89}[-\w()]$/;

/** Tenants, the subscription, its resource groups and providers. */
export function resourceRoutes(cloud: Cloud): readonly Route[] {
  const at = (method: Route['method'], path: string, type: string, handle: Route['handle']): Route => ({
    method,
    path,
    type,
    handle,
    namespace: 'Microsoft.Resources',
  });
  const groups = `${SUBSCRIPTION}/resourceGroups`;
  return [
    at('GET', '/tenants', 'tenants', () => ok({ value: [tenantBody(cloud)] })),
    at('GET', '/subscriptions', 'subscriptions', () => ok({ value: [subscriptionBody(cloud)] })),
    at('GET', SUBSCRIPTION, 'subscriptions', () => ok(subscriptionBody(cloud))),
    at('GET', `${SUBSCRIPTION}/locations`, 'subscriptions', () =>
      ok({ value: locations.map((name) => locationBody(cloud, name)) }),
    ),
    at('GET', `${SUBSCRIPTION}/providers`, 'providers', () =>
      ok({ value: resourceProviders.map(({ namespace }) => providerBody(cloud, namespace)) }),
    ),
    at('GET', `${SUBSCRIPTION}/providers/{namespace}`, 'providers', ({ parameters }) =>
      ok(providerBody(cloud, parameters.namespace ?? '')),
    ),
    at('GET', groups, 'resourceGroups', (routed) => listGroups(cloud, routed)),
    at('GET', `${groups}/{group}`, 'resourceGroups', ({ parameters }) =>
      ok(groupBody(cloud, findResourceGroup(cloud.state, parameters.group ?? ''))),
    ),
    at('HEAD', `${groups}/{group}`, 'resourceGroups', ({ parameters }) => ({
      status: cloud.state.resourceGroups.get((parameters.group ?? '').toLowerCase()) ? 204 : 404,
    })),
    at('PUT', `${groups}/{group}`, 'resourceGroups', (routed) => putGroup(cloud, routed)),
  ];
}

function listGroups(cloud: Cloud, { request }: RoutedRequest): ArmResponse {
  const entries = cloud.state.resourceGroups.entries();
  return page(
    request,
    entries.map(({ key, value }) => ({ key, value: groupBody(cloud, value) })),
    cloud.pageSize,
  );
}

function putGroup(cloud: Cloud, { request, parameters }: RoutedRequest): ArmResponse {
  const name = parameters.group ?? '';
  if (!GROUP_NAME.test(name)) {
    throw new ArmError(
      400,
      'InvalidResourceGroup',
      `The provided resource group name '${name}' has these invalid characters or is too long. The name can only be a letter, digit, '-', '.', '(', ')' or '_'.`,
    );
  }
  const reader = readJson(jsonBody(request));
  const location = normalLocation(reader.optionalText('location') ?? '');
  if (location === '') {
    throw new ArmError(400, 'LocationRequired', 'The location property is required for this definition.');
  }
  const existing = cloud.state.resourceGroups.get(name.toLowerCase());
  if (existing !== undefined && existing.location !== location) {
    throw new ArmError(
      409,
      'InvalidResourceGroupLocation',
      `Invalid resource group location '${location}'. The Resource group already exists in location '${existing.location}'.`,
    );
  }
  const group = { name: existing?.name ?? name, location, tags: readTags(reader) ?? {} };
  cloud.state.resourceGroups.put(name.toLowerCase(), group);
  return { status: existing === undefined ? 201 : 200, body: groupBody(cloud, group) };
}

function tenantBody(cloud: Cloud): object {
  return { id: `/tenants/${cloud.tenantId}`, tenantId: cloud.tenantId, displayName: 'Berth sandbox' };
}

function subscriptionBody(cloud: Cloud): object {
  return {
    id: `/subscriptions/${cloud.subscriptionId}`,
    subscriptionId: cloud.subscriptionId,
    tenantId: cloud.tenantId,
    displayName: 'Berth sandbox',
    state: 'Enabled',
  };
}

function locationBody(cloud: Cloud, name: string): object {
  return {
    id: `/subscriptions/${cloud.subscriptionId}/locations/${name}`,
    name,
    type: 'Region',
    displayName: name,
  };
}

function groupBody(cloud: Cloud, group: ResourceGroup): object {
  return {
    id: `/subscriptions/${cloud.subscriptionId}/resourceGroups/${group.name}`,
    name: group.name,
    type: 'Microsoft.Resources/resourceGroups',
    location: group.location,
    tags: group.tags,
    properties: { provisioningState: 'Succeeded' },
  };
}

function providerBody(cloud: Cloud, asked: string): object {
  const provider = resourceProviders.find(({ namespace }) => namespace.toLowerCase() === asked.toLowerCase());
  if (provider === undefined) {
    throw new ArmError(404, 'InvalidResourceNamespace', `The resource namespace '${asked}' is invalid.`);
  }
  return {
    id: `/subscriptions/${cloud.subscriptionId}/providers/${provider.namespace}`,
    namespace: provider.namespace,
    registrationState: 'Registered',
    registrationPolicy: 'RegistrationRequired',
    resourceTypes: provider.resourceTypes.map(({ name, apiVersions }) => ({
      resourceType: name,
      locations,
      apiVersions: [...apiVersions].reverse(),
    })),
  };
}
