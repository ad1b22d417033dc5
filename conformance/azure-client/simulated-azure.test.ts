import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AmlFilesystem } from '../../src/cloud/azure/aml-filesystem.ts';
import { type AzurePorts, openSimulatedAzure, type SimulatedAzure } from './open-simulated-azure.ts';

const signal = new AbortController().signal;
const minute = 60_000;

function wanted({ cloud }: SimulatedAzure): AmlFilesystem {
  const { subscriptionId, resourceGroup, vnet, subnet, location } = cloud;
  const network = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Network`;
  return {
    location,
    sku: { name: 'AMLFS-Durable-Premium-125' },
    zones: ['1'],
    tags: { 'k8s-azure-created-by': 'conformance' },
    properties: {
      storageCapacityTiB: 16,
      filesystemSubnet: `${network}/virtualNetworks/${vnet}/subnets/${subnet}`,
      maintenanceWindow: { dayOfWeek: 'Sunday', timeOfDayUTC: '02:00' },
    },
  };
}

const stateOf = async ({ filesystems }: AzurePorts, group: string, name: string) =>
  (await filesystems.get(group, name, signal))?.properties.provisioningState;

test('a file system is created, followed, listed, found and deleted', async (t) => {
  const azure = await openSimulatedAzure(t);
  const { clock, cloud } = azure;
  const ports = await azure.open();
  const { filesystems } = ports;
  const group = cloud.resourceGroup;
  assert.equal(await filesystems.get(group, 'fs', signal), undefined);

  const begun = await filesystems.beginCreate(group, 'fs', wanted(azure), signal);
  assert.equal(begun.properties.provisioningState, 'Creating');
  await clock.advance(6 * minute);
  const half = await filesystems.operation?.(group, 'fs', signal);
  assert.equal(half?.percent === undefined || (half.percent > 40 && half.percent < 60), true);
  await clock.advance(7 * minute);
  assert.equal(await filesystems.operation?.(group, 'fs', signal), undefined);
  const made = await filesystems.get(group, 'fs', signal);
  assert.equal(made?.properties.provisioningState, 'Succeeded');
  assert.match(made?.properties.clientInfo?.mgsAddress ?? '', /^\d+\.\d+\.\d+\.\d+$/);
  assert.deepEqual(made?.tags, { 'k8s-azure-created-by': 'conformance' });
  const names = (await filesystems.list(signal)).map(({ name }) => name);
  assert.deepEqual(names.sort(), ['fs', 'my-filesystem']);

  await filesystems.beginDelete(group, 'fs', signal);
  assert.equal(await stateOf(ports, group, 'fs'), 'Deleting');
  await clock.advance(11 * minute);
  assert.equal(await filesystems.operation?.(group, 'fs', signal), undefined);
  assert.equal(await filesystems.get(group, 'fs', signal), undefined);
  await filesystems.beginDelete(group, 'fs', signal);
});

test('what a plan needs to know is answered', async (t) => {
  const azure = await openSimulatedAzure(t);
  const { filesystems, config } = await azure.open();
  const { subscriptionId, resourceGroup, vnet, subnet } = azure.cloud;
  assert.equal(config.resourceGroup, resourceGroup);
  const skus = await filesystems.skus('East US', signal);
  const sku = skus.find(({ name }) => name === 'AMLFS-Durable-Premium-125');
  assert.deepEqual([sku?.incrementTiB, sku?.maximumTiB, sku?.zones], [16, 128, ['1', '2', '3']]);
  assert.ok((await filesystems.requiredSubnetSize('AMLFS-Durable-Premium-125', 16, signal)) > 0);
  const place = { subscriptionId, resourceGroup, vnet, subnet };
  const free = await filesystems.freeSubnetAddresses(place, signal);
  assert.ok(free !== undefined && free > 900, `${free}`);
  assert.equal(await filesystems.freeSubnetAddresses({ ...place, subnet: 'none' }, signal), undefined);
  assert.equal((await filesystems.quota('eastus', signal))?.used, 1);
});

test('a create whose answer is lost makes one file system', async (t) => {
  const azure = await openSimulatedAzure(t);
  azure.cloud.faults.set({ kind: 'lose-response', match: { method: 'PUT' } });
  const { filesystems } = await azure.open();
  const begun = await filesystems.beginCreate(azure.cloud.resourceGroup, 'fs', wanted(azure), signal);
  assert.equal(begun.properties.provisioningState, 'Creating');
  assert.equal((await filesystems.list(signal)).length, 2);
});

test('a controller that starts anew follows a creation it did not start', async (t) => {
  const azure = await openSimulatedAzure(t);
  const group = azure.cloud.resourceGroup;
  await (await azure.open()).filesystems.beginCreate(group, 'fs', wanted(azure), signal);
  const restarted = await azure.open();
  assert.equal(await restarted.filesystems.operation?.(group, 'fs', signal), undefined);
  assert.equal(await stateOf(restarted, group, 'fs'), 'Creating');
  await azure.clock.advance(13 * minute);
  assert.equal(await stateOf(restarted, group, 'fs'), 'Succeeded');
});

test('a creation that fails tells why by its code', async (t) => {
  const azure = await openSimulatedAzure(t);
  const group = azure.cloud.resourceGroup;
  azure.cloud.faults.set({ kind: 'lro-failure', parameters: { code: 'CreateTimeout' } });
  const ports = await azure.open();
  await ports.filesystems.beginCreate(group, 'fs', wanted(azure), signal);
  await azure.clock.advance(13 * minute);
  assert.equal(await stateOf(ports, group, 'fs'), 'Failed');
  await assert.rejects(async () => ports.filesystems.operation?.(group, 'fs', signal), {
    code: 'CreateTimeout',
  });
});

test('throttling and a server that is away are waited out', async (t) => {
  const azure = await openSimulatedAzure(t);
  azure.cloud.faults.set({ kind: 'throttle', parameters: { times: 2, retryAfterSeconds: 7 } });
  azure.cloud.faults.set({ kind: 'server-error', parameters: { status: 504 }, match: { method: 'PUT' } });
  const { filesystems } = await azure.open();
  await filesystems.beginCreate(azure.cloud.resourceGroup, 'fs', wanted(azure), signal);
  assert.deepEqual(azure.waited.slice(0, 2), [7000, 7000]);
});

test('a token that ends early is replaced without anybody noticing', async (t) => {
  const azure = await openSimulatedAzure(t);
  azure.cloud.faults.set({ kind: 'expire-token', parameters: { times: 1 } });
  const { filesystems } = await azure.open();
  assert.equal((await filesystems.list(signal)).length, 1);
});

test('a used-up quota is told from other conflicts', async (t) => {
  const azure = await openSimulatedAzure(t);
  azure.cloud.faults.set({ kind: 'quota-exceeded' });
  const { filesystems } = await azure.open();
  const create = filesystems.beginCreate(azure.cloud.resourceGroup, 'fs', wanted(azure), signal);
  await assert.rejects(create, { kind: 'quota-exceeded' });
});

test('the oldest version of the service that Berth supports serves as well', async (t) => {
  const azure = await openSimulatedAzure(t);
  const { filesystems } = await azure.open({ apiVersion: '2024-03-01' });
  await filesystems.beginCreate(azure.cloud.resourceGroup, 'fs', wanted(azure), signal);
  assert.equal((await filesystems.list(signal)).length, 2);
});

test('a resource group that is not there is named by ARM', async (t) => {
  const azure = await openSimulatedAzure(t);
  const { filesystems } = await azure.open();
  await assert.rejects(filesystems.beginCreate('no-such-group', 'fs', wanted(azure), signal), {
    kind: 'not-found',
    code: 'ResourceGroupNotFound',
  });
});

const grown = (azure: SimulatedAzure) => ({
  of: { resourceGroup: azure.cloud.resourceGroup, name: 'my-filesystem' },
  wanted: { location: azure.cloud.location, newStorageCapacityTiB: 64, runRebalanceJob: true },
});

test('a file system is expanded by one job, even where its answer is lost, and rebalanced after it', async (t) => {
  const azure = await openSimulatedAzure(t);
  const { jobs } = (await azure.open()).filesystems;
  const { of, wanted } = grown(azure);
  azure.cloud.faults.set({ kind: 'lose-response', match: { method: 'PUT' } });
  const begun = await jobs.beginExpansion(of, 'expand-to-64tib', wanted, signal);
  assert.equal(begun.state, 'InProgress');
  await azure.clock.advance(10.5 * minute);
  const [running, ...others] = await jobs.expansions(of, signal);
  assert.deepEqual(others, []);
  assert.ok((running?.percent ?? 0) > 40 && running?.startedAt !== undefined);
  await azure.clock.advance(15 * minute);
  assert.equal((await jobs.expansions(of, signal))[0]?.state, 'Completed');
  const [rebalance] = await jobs.rebalances(of, signal);
  assert.equal(rebalance?.state, 'InProgress');
  assert.equal(rebalance?.remainingMs, 5 * minute);
});

test('an expansion that fails tells why, and older versions of the service say what they lack', async (t) => {
  const azure = await openSimulatedAzure(t);
  const { jobs } = (await azure.open()).filesystems;
  const { of, wanted } = grown(azure);
  azure.cloud.faults.set({
    kind: 'lro-failure',
    parameters: { operation: 'expansion', code: 'NoCapacity', atPercent: 10 },
  });
  await jobs.beginExpansion(of, 'expand-to-64tib', wanted, signal);
  await azure.clock.advance(5 * minute);
  const [failed] = await jobs.expansions(of, signal);
  assert.equal(failed?.state, 'Failed');
  assert.match(failed?.detail ?? '', /^NoCapacity: /);

  const old = (await azure.open({ apiVersion: '2024-03-01' })).filesystems.jobs;
  assert.match(old.missing('expansionJobs') ?? '', /2024-03-01 .* has no expansionJobs; .* since 2026-01-01/);
  const first = (await azure.open({ apiVersion: '2026-01-01' })).filesystems.jobs;
  assert.equal(first.missing('expansionJobs'), undefined);
  assert.deepEqual(await first.rebalances(of, signal), []);
  const again = await first.beginExpansion(of, 'expand-to-64tib-2', wanted, signal);
  assert.equal(again.state, 'InProgress');
});

test('blob jobs are made once and found again', async (t) => {
  const azure = await openSimulatedAzure(t);
  const { filesystems } = await azure.open();
  const { cloud, clock } = azure;
  const containers = `/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers`;
  const body = wanted(azure);
  const settings = { container: `${containers}/data`, loggingContainer: `${containers}/log` };
  const linked = { ...body, properties: { ...body.properties, hsm: { settings } } };
  await filesystems.beginCreate(cloud.resourceGroup, 'linked', linked, signal);
  await clock.advance(13 * minute);
  const of = { resourceGroup: cloud.resourceGroup, name: 'linked' };
  const { jobs } = filesystems;
  const job = { location: cloud.location, properties: { autoExportPrefixes: ['/'] } };
  assert.equal(await jobs.blobJob(of, 'autoExportJobs', 'mine', signal), undefined);
  await jobs.beginBlobJob(of, 'autoExportJobs', 'mine', job, signal);
  await jobs.beginBlobJob(of, 'autoExportJobs', 'mine', job, signal);
  assert.equal((await jobs.blobJob(of, 'autoExportJobs', 'mine', signal))?.failed, false);
  assert.deepEqual(
    (await filesystems.get(cloud.resourceGroup, 'linked', signal))?.properties.hsm?.settings,
    settings,
  );
});
