import type { Clock } from '../../async/clock.ts';
import type { AmlFilesystem, AmlFilesystems, OperationProgress, SubnetName } from './aml-filesystem.ts';
import { amlFilesystemSkus } from './aml-filesystem-skus.ts';
import { parseAmlFilesystem, parseRequiredSubnetSize, parseUsages } from './aml-filesystem-wire.ts';
import type { ArmClient } from './arm-client.ts';
import { AzureError } from './azure-error.ts';
import { expiringValue } from './expiring-value.ts';
import { type Operation, operationOf, pollOperation } from './long-running.ts';
import { gatewayStatuses } from './retry-plan.ts';

export interface AmlFilesystemsOptions {
  readonly client: ArmClient;
  /** Where it is undefined every call is refused, so that what needs no Azure works without. */
  readonly subscriptionId: string | undefined;
  /** Of Microsoft.StorageCache; any published one from 2024-03-01 on serves. */
  readonly apiVersion: string;
  readonly clock: Clock;
}

/** The newest version of Microsoft.StorageCache that Berth was written against. */
export const defaultStorageCacheApiVersion = '2026-08-01';

const networkApiVersion = '2024-05-01';
const skuLifetimeMs = 5 * 60_000;
/** The list of SKUs is shared by callers with their own deadlines, so it has one of its own. */
const skuLoadMs = 60_000;
const createAttempts = 3;

/** Codes that say the thing itself is not there. Any other 404 (a wrong subscription or address) proves nothing. */
const absentCodes: ReadonlySet<string> = new Set(['ResourceNotFound', 'ResourceGroupNotFound', 'NotFound']);

/** Azure Managed Lustre over ARM, in one subscription. */
export function createAmlFilesystems(options: AmlFilesystemsOptions): AmlFilesystems {
  const { client, apiVersion, clock } = options;
  const provider = () => `${subscriptionPath(options.subscriptionId)}/providers/Microsoft.StorageCache`;
  const pathOf = (resourceGroup: string, name: string) =>
    `${subscriptionPath(options.subscriptionId)}/resourceGroups/${segment(resourceGroup)}` +
    `/providers/Microsoft.StorageCache/amlFilesystems/${segment(name)}`;

  /** Operations that this process started, by the file system's path. Losing them costs a percentage, nothing else. */
  const operations = new Map<string, Operation>();

  const allSkus = expiringValue(clock, skuLifetimeMs, async () =>
    client.list({ method: 'GET', path: `${provider()}/skus`, apiVersion }, AbortSignal.timeout(skuLoadMs)),
  );

  function remember(path: string, operation: Operation | undefined): void {
    if (operation === undefined) operations.delete(path);
    else operations.set(path, operation);
  }

  async function getAt(path: string, signal: AbortSignal): Promise<AmlFilesystem | undefined> {
    try {
      const { body } = await client.send({ method: 'GET', path, apiVersion }, signal);
      return parseAmlFilesystem(body);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      operations.delete(path);
      return undefined;
    }
  }

  async function put(path: string, body: AmlFilesystem, signal: AbortSignal): Promise<AmlFilesystem> {
    const response = await client.send(
      { method: 'PUT', path, apiVersion, body, whenUnclear: 'report' },
      signal,
    );
    remember(path, operationOf(response));
    return parseAmlFilesystem(response.body);
  }

  return {
    get: async (resourceGroup, name, signal) => getAt(pathOf(resourceGroup, name), signal),

    async beginCreate(resourceGroup, name, body, signal) {
      const path = pathOf(resourceGroup, name);
      for (let attempt = 1; ; attempt++) {
        try {
          return await put(path, body, signal);
        } catch (error) {
          if (!isUnclear(error)) throw error;
          // Asked what it did, the service knows; only a create that left nothing is repeated.
          const found = await getAt(path, signal);
          if (found !== undefined) return found;
          if (attempt === createAttempts) throw error;
        }
      }
    },

    async beginDelete(resourceGroup, name, signal) {
      const path = pathOf(resourceGroup, name);
      try {
        remember(path, operationOf(await client.send({ method: 'DELETE', path, apiVersion }, signal)));
      } catch (error) {
        if (!isAbsent(error)) throw error;
        operations.delete(path);
      }
    },

    async operation(resourceGroup, name, signal): Promise<OperationProgress | undefined> {
      const path = pathOf(resourceGroup, name);
      const operation = operations.get(path);
      if (operation === undefined) return undefined;
      const state = await pollOperation(client, operation, clock.now(), signal).catch((error: unknown) => {
        // ARM forgets operations some time after they have ended.
        if (error instanceof AzureError && error.kind === 'not-found') return undefined;
        throw error;
      });
      if (state?.type === 'running') {
        operations.set(path, state.operation);
        return { status: state.status, percent: state.percent, retryAfterMs: state.retryAfterMs };
      }
      operations.delete(path);
      if (state?.type === 'failed') throw state.error;
      return undefined;
    },

    async list(signal) {
      const entries = await client.list(
        { method: 'GET', path: `${provider()}/amlFilesystems`, apiVersion },
        signal,
      );
      return entries.map(parseAmlFilesystem);
    },

    async skus(location, signal) {
      const entries = await allSkus.get(signal).catch((error: unknown) => {
        if (error instanceof AzureError) throw error;
        throw new AzureError('aborted', 'ended by the caller while the SKUs were read', { cause: error });
      });
      return amlFilesystemSkus(entries, location);
    },

    async requiredSubnetSize(sku, capacityTiB, signal) {
      const { body } = await client.send(
        {
          method: 'POST',
          path: `${provider()}/getRequiredAmlFSSubnetsSize`,
          apiVersion,
          body: { sku: { name: sku }, storageCapacityTiB: capacityTiB },
        },
        signal,
      );
      return parseRequiredSubnetSize(body);
    },

    async freeSubnetAddresses(subnet, signal) {
      const { vnetPath, subnetId } = pathsOf(subnet);
      const entries = await client.list(
        { method: 'GET', path: `${vnetPath}/usages`, apiVersion: networkApiVersion },
        signal,
      );
      const found = parseUsages(entries).find(({ id }) => id?.toLowerCase() === subnetId.toLowerCase());
      return found && found.limit - found.currentValue;
    },

    async quota(location, signal) {
      const path = `${provider()}/locations/${segment(location)}/usages`;
      const entries = await client.list({ method: 'GET', path, apiVersion }, signal);
      const found = parseUsages(entries).find(({ name }) => /^amlfilesystems?$/i.test(name?.value ?? ''));
      return found && { used: found.currentValue, limit: found.limit };
    },
  };
}

function subscriptionPath(subscriptionId: string | undefined): string {
  if (subscriptionId !== undefined) return `/subscriptions/${segment(subscriptionId)}`;
  throw new AzureError(
    'bad-request',
    'no Azure subscription is configured: name one in azure.json (subscriptionId) or by flag',
  );
}

/** Names come from volume ids and parameters; none may lead to another resource. */
function segment(name: string): string {
  if (name === '' || name === '.' || name === '..') {
    throw new AzureError('bad-request', `"${name}" cannot be the name of an Azure resource`);
  }
  return encodeURIComponent(name);
}

function isAbsent(error: unknown): boolean {
  return error instanceof AzureError && error.kind === 'not-found' && absentCodes.has(error.code);
}

/** Whether nobody can tell if the request took effect. */
function isUnclear(error: unknown): boolean {
  if (!(error instanceof AzureError)) return false;
  return error.kind === 'no-answer' || (error.status !== undefined && gatewayStatuses.has(error.status));
}

function pathsOf(subnet: SubnetName): { readonly vnetPath: string; readonly subnetId: string } {
  const vnet = (encode: (part: string) => string) =>
    `/subscriptions/${encode(subnet.subscriptionId)}/resourceGroups/${encode(subnet.resourceGroup)}` +
    `/providers/Microsoft.Network/virtualNetworks/${encode(subnet.vnet)}`;
  return { vnetPath: vnet(segment), subnetId: `${vnet(String)}/subnets/${subnet.subnet}` };
}
