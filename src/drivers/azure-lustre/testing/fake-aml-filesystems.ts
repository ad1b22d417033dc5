import type { AmlFilesystem, AmlFilesystemSku, AmlFilesystems } from '../../../cloud/azure/aml-filesystem.ts';
import type { AzureError } from '../../../cloud/azure/azure-error.ts';
import { createFakeAmlJobs, type FakeAmlJobs } from './fake-aml-jobs.ts';

type Method = Exclude<keyof AmlFilesystems, 'operation' | 'jobs'>;

/** Azure Managed Lustre in memory: long work passes by being looked at, faults are set per call. */
export interface FakeAmlFilesystems extends AmlFilesystems {
  readonly jobs: FakeAmlJobs;
  /** By `resourceGroup/name`; tests put foreign or odd file systems in here. */
  readonly stored: Map<string, AmlFilesystem>;
  /** Every call in order, e.g. `beginCreate my-rg/pvc-1`. */
  readonly calls: string[];
  /** The next call of `method` fails. */
  failNext(method: Method, error: AzureError): void;
  /** The next create is accepted and its answer lost. */
  loseNextAnswer(error: AzureError): void;
  /** The next creation ends in this state instead of Succeeded. */
  endNextCreationIn(state: 'Failed' | 'Canceled'): void;
  /** What the subnet and the subscription have room for. */
  readonly room: {
    needed: number;
    free: number | undefined;
    quota: { used: number; limit: number } | undefined;
  };
  skuList: readonly AmlFilesystemSku[];
}

/** @param looks How many looks a creation or deletion takes. */
export function createFakeAmlFilesystems({ looks = 2 }: { looks?: number } = {}): FakeAmlFilesystems {
  const stored = new Map<string, AmlFilesystem>();
  const calls: string[] = [];
  const faults = new Map<Method, AzureError[]>();
  const running = new Map<string, number>();
  let lost: AzureError | undefined;
  let endState: 'Succeeded' | 'Failed' | 'Canceled' = 'Succeeded';
  let address = 0;

  const record = (method: Method, what: string, signal: AbortSignal) => {
    signal.throwIfAborted();
    calls.push(`${method} ${what}`);
    const fault = faults.get(method)?.shift();
    if (fault !== undefined) throw fault;
  };
  const patch = (fileSystem: AmlFilesystem, properties: Partial<AmlFilesystem['properties']>) => ({
    ...fileSystem,
    properties: { ...fileSystem.properties, ...properties },
  });
  const age = (key: string, fileSystem: AmlFilesystem) => {
    const left = running.get(key);
    if (left === undefined) return;
    if (left > 0) return void running.set(key, left - 1);
    running.delete(key);
    if (fileSystem.properties.provisioningState === 'Deleting') return void stored.delete(key);
    const mgsAddress = `10.0.0.${++address}`;
    stored.set(
      key,
      patch(fileSystem, {
        provisioningState: endState,
        ...(endState === 'Succeeded' && { clientInfo: { mgsAddress } }),
      }),
    );
    endState = 'Succeeded';
  };

  const recordJob = (what: string, signal: AbortSignal) => {
    signal.throwIfAborted();
    calls.push(what);
  };
  return {
    jobs: createFakeAmlJobs({ stored, record: recordJob, looks }),
    stored,
    calls,
    room: { needed: 10, free: 100, quota: { used: 0, limit: 4 } },
    skuList: [
      { name: 'AMLFS-Durable-Premium-40', zones: ['1', '2', '3'], incrementTiB: 48, maximumTiB: 768 },
      { name: 'AMLFS-Durable-Premium-125', zones: ['1', '2', '3'], incrementTiB: 16, maximumTiB: 128 },
    ],
    failNext: (method, error) => void faults.set(method, [...(faults.get(method) ?? []), error]),
    loseNextAnswer: (error) => {
      lost = error;
    },
    endNextCreationIn: (state) => {
      endState = state;
    },
    async get(resourceGroup, name, signal) {
      const key = `${resourceGroup}/${name}`;
      record('get', key, signal);
      const found = stored.get(key);
      if (found !== undefined) age(key, found);
      return stored.get(key);
    },
    async beginCreate(resourceGroup, name, body, signal) {
      const key = `${resourceGroup}/${name}`;
      record('beginCreate', key, signal);
      const created = patch({ ...body, name }, { provisioningState: 'Creating' });
      stored.set(key, created);
      running.set(key, looks);
      const answer = lost;
      lost = undefined;
      if (answer !== undefined) throw answer;
      return created;
    },
    async beginDelete(resourceGroup, name, signal) {
      const key = `${resourceGroup}/${name}`;
      record('beginDelete', key, signal);
      const found = stored.get(key);
      if (found === undefined) return;
      stored.set(key, patch(found, { provisioningState: 'Deleting' }));
      running.set(key, looks);
    },
    async list(signal) {
      record('list', 'all', signal);
      return [...stored.values()];
    },
    async skus(location, signal) {
      record('skus', location, signal);
      return this.skuList;
    },
    async requiredSubnetSize(sku, capacityTiB, signal) {
      record('requiredSubnetSize', `${sku} ${capacityTiB}`, signal);
      return this.room.needed;
    },
    async freeSubnetAddresses(subnet, signal) {
      record('freeSubnetAddresses', `${subnet.vnet}/${subnet.subnet}`, signal);
      return this.room.free;
    },
    async quota(location, signal) {
      record('quota', location, signal);
      return this.room.quota;
    },
  };
}
