import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AmlFilesystemSku } from '../../../cloud/azure/aml-filesystem.ts';
import type { AzureCloudConfig } from '../../../cloud/azure/cloud-config.ts';
import { tebibyte } from '../../../units/bytes.ts';
import { readIntent } from '../intent.ts';
import { createRequest, tutorialWith } from '../testing/requests.ts';
import { planFileSystem } from './plan.ts';

const skus: readonly AmlFilesystemSku[] = [
  { name: 'AMLFS-Durable-Premium-40', zones: [], incrementTiB: 48, maximumTiB: 768 },
  { name: 'AMLFS-Durable-Premium-125', zones: ['1', '2'], incrementTiB: 16, maximumTiB: 128 },
];
const aks: AzureCloudConfig = {
  subscriptionId: 'sub',
  resourceGroup: 'MC_rg',
  location: 'westeurope',
  vnetName: 'aks-vnet',
  vnetResourceGroup: 'vnet-rg',
  subnetName: 'aks-subnet',
};

function planOf(changes: Record<string, string | undefined> = {}, config = aks, offered = skus) {
  const { intent } = readIntent(createRequest(tutorialWith(changes)));
  assert.equal(intent.kind, 'dynamic');
  if (intent.kind !== 'dynamic') throw new Error('unreachable');
  return planFileSystem(intent, config, offered);
}
const firstOf = (changes: Record<string, string | undefined>, config = aks, offered = skus) =>
  planOf(changes, config, offered).refusals[0];

test('what is sent to Azure holds what the class says', () => {
  const { plan, refusals } = planOf({ tags: 'team=hpc', identities: undefined });
  assert.deepEqual(refusals, []);
  assert.deepEqual(plan.body, {
    location: 'eastus',
    tags: {
      team: 'hpc',
      'k8s-azure-created-by': 'kubernetes-azurelustre-csi-driver',
      'berth-volume-name': 'pvc-0b7e4c1a-6e47-4c69-9f3b-0f8f5a1b2c3d',
    },
    zones: ['1'],
    sku: { name: 'AMLFS-Durable-Premium-125' },
    properties: {
      storageCapacityTiB: 48,
      filesystemSubnet:
        '/subscriptions/sub/resourceGroups/vnet-rg/providers/Microsoft.Network/virtualNetworks/my-vnet/subnets/my-subnet',
      maintenanceWindow: { dayOfWeek: 'Sunday', timeOfDayUTC: '22:00' },
    },
  });
});

test("what a class leaves out comes from the cluster's cloud configuration", () => {
  const { plan } = planOf({
    location: undefined,
    'resource-group': undefined,
    'vnet-name': undefined,
    'subnet-name': undefined,
  });
  assert.equal(plan.placement.location, 'westeurope');
  assert.equal(plan.placement.resourceGroup, 'MC_rg');
  assert.deepEqual(plan.placement.subnet, {
    subscriptionId: 'sub',
    resourceGroup: 'vnet-rg',
    vnet: 'aks-vnet',
    subnet: 'aks-subnet',
  });
});

test('a network in another subscription is named by that subscription', () => {
  const { plan } = planOf({}, { ...aks, networkSubscriptionId: 'net' });
  assert.match(plan.placement.subnetId, /^\/subscriptions\/net\//);
});

test('a place that neither class nor cluster names is refused', () => {
  assert.match(firstOf({ location: undefined }, {})?.message ?? '', /location must be provided/);
  assert.match(firstOf({ 'resource-group': undefined }, {})?.message ?? '', /resource-group-name must be/);
  const subnet = firstOf({ 'subnet-name': undefined }, {});
  assert.equal(
    subnet?.message,
    'invalid subnet info, must have valid subnet ID, subnet name, vnet name, and vnet resource group',
  );
  assert.match(subnet?.fix ?? '', /^set subnet-name,/);
});

test('SKUs are those of the location, case counts, and a near miss is named', () => {
  const refusal = firstOf({ 'sku-name': 'amlfs-durable-premium-125' });
  assert.equal(
    refusal?.message,
    'CreateVolume Parameter sku-name must be one of: [AMLFS-Durable-Premium-40, AMLFS-Durable-Premium-125]',
  );
  assert.match(refusal?.fix ?? '', /not offered in eastus; did you mean AMLFS-Durable-Premium-125\?/);
  assert.equal(
    firstOf({ location: 'East US 9' }, aks, [])?.message,
    'found no AMLFS SKUs for location eastus9',
  );
});

test('a zone is needed exactly where the SKU has zones', () => {
  assert.equal(
    firstOf({ zone: undefined })?.message,
    'CreateVolume Parameter zone must be provided for dynamically provisioned AMLFS in location eastus, available zones: [1, 2]',
  );
  assert.equal(firstOf({ zone: '3' })?.message, 'CreateVolume Parameter zone 3 must be one of: [1, 2]');
  assert.equal(
    firstOf({ 'sku-name': 'AMLFS-Durable-Premium-40' })?.message,
    'CreateVolume Parameter zone cannot be used in location eastus, no zones available for SKU AMLFS-Durable-Premium-40',
  );
  assert.equal(firstOf({ 'sku-name': 'AMLFS-Durable-Premium-40', zone: undefined }), undefined);
});

test('the size is rounded up to the step of the SKU', () => {
  assert.equal(planOf({}).plan.capacityBytes, 48n * tebibyte);
});
