import type { AmlFilesystem } from '../../../cloud/azure/aml-filesystem.ts';
import type {
  AmlJobs,
  BlobJob,
  ExpansionJob,
  FileSystemName,
  RebalanceJob,
} from '../../../cloud/azure/aml-jobs.ts';
import type { AzureError } from '../../../cloud/azure/azure-error.ts';

type Method = Exclude<keyof AmlJobs, 'missing'>;

/** Jobs in memory: an expansion passes by being looked at. */
export interface FakeAmlJobs extends AmlJobs {
  /** By `resourceGroup/fileSystem`, in the order they were begun. */
  readonly stored: Map<string, ExpansionJob[]>;
  readonly rebalancing: Map<string, RebalanceJob[]>;
  /** `resourceGroup/fileSystem kind/name` with what was sent. */
  readonly blobJobs: Map<string, unknown>;
  /** Those that have failed, by the same keys. */
  readonly failedBlobJobs: Map<string, BlobJob>;
  /** What `missing` answers to every kind. */
  tooOld: string | undefined;
  /** The next expansion ends so. */
  endNextIn(state: 'Failed' | 'RollingBack', detail?: string): void;
  failNext(method: Method, error: AzureError): void;
  /** The next beginning is accepted and its answer lost. */
  loseNextAnswer(error: AzureError): void;
}

export interface FakeAmlJobsOptions {
  readonly stored: Map<string, AmlFilesystem>;
  readonly record: (what: string, signal: AbortSignal) => void;
  /** How many looks an expansion takes. */
  readonly looks: number;
}

export function createFakeAmlJobs({ stored: fileSystems, record, looks }: FakeAmlJobsOptions): FakeAmlJobs {
  const stored = new Map<string, ExpansionJob[]>();
  const rebalancing = new Map<string, RebalanceJob[]>();
  const blobJobs = new Map<string, unknown>();
  const failedBlobJobs = new Map<string, BlobJob>();
  const left = new Map<string, number>();
  const faults = new Map<Method, AzureError[]>();
  let lost: AzureError | undefined;
  let end: Pick<ExpansionJob, 'state' | 'detail'> = { state: 'Completed' };

  const keyOf = ({ resourceGroup, name }: FileSystemName) => `${resourceGroup}/${name}`;
  const called = (method: Method, what: string, signal: AbortSignal) => {
    record(`${method} ${what}`, signal);
    const fault = faults.get(method)?.shift();
    if (fault !== undefined) throw fault;
  };
  const age = (key: string, job: ExpansionJob): ExpansionJob => {
    if (job.state !== 'InProgress') return job;
    const looksLeft = left.get(`${key}/${job.name}`) ?? 0;
    left.set(`${key}/${job.name}`, looksLeft - 1);
    if (looksLeft > 0) return { ...job, percent: Math.floor((100 * (looks - looksLeft)) / looks) };
    const ended = { ...job, ...end };
    end = { state: 'Completed' };
    const fileSystem = fileSystems.get(key);
    if (ended.state === 'Completed' && fileSystem !== undefined) {
      const currentStorageCapacityTiB = job.newStorageCapacityTiB;
      const properties = { ...fileSystem.properties, currentStorageCapacityTiB };
      fileSystems.set(key, { ...fileSystem, properties });
    }
    return ended;
  };

  return {
    stored,
    rebalancing,
    blobJobs,
    failedBlobJobs,
    tooOld: undefined,
    endNextIn: (state, detail) => {
      end = { state, detail };
    },
    failNext: (method, error) => void faults.set(method, [...(faults.get(method) ?? []), error]),
    loseNextAnswer: (error) => {
      lost = error;
    },
    missing() {
      return this.tooOld;
    },
    async expansions(of, signal) {
      const key = keyOf(of);
      called('expansions', key, signal);
      const jobs = (stored.get(key) ?? []).map((job) => age(key, job));
      stored.set(key, jobs);
      return jobs;
    },
    async beginExpansion(of, name, { newStorageCapacityTiB }, signal) {
      const key = keyOf(of);
      called('beginExpansion', `${key} ${name} ${newStorageCapacityTiB}`, signal);
      const job: ExpansionJob = { name, newStorageCapacityTiB, state: 'InProgress', percent: 0 };
      stored.set(key, [...(stored.get(key) ?? []), job]);
      left.set(`${key}/${name}`, looks);
      const answer = lost;
      lost = undefined;
      if (answer !== undefined) throw answer;
      return job;
    },
    async rebalances(of, signal) {
      called('rebalances', keyOf(of), signal);
      return rebalancing.get(keyOf(of)) ?? [];
    },
    async blobJob(of, kind, name, signal) {
      const job = `${keyOf(of)} ${kind}/${name}`;
      called('blobJob', job, signal);
      return blobJobs.has(job) ? (failedBlobJobs.get(job) ?? { failed: false }) : undefined;
    },
    async beginBlobJob(of, kind, name, wanted, signal) {
      called('beginBlobJob', `${keyOf(of)} ${kind}/${name}`, signal);
      blobJobs.set(`${keyOf(of)} ${kind}/${name}`, wanted.properties);
    },
  };
}
