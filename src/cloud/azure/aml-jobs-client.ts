import type { AmlFilesystemsOptions } from './aml-filesystems.ts';
import type { AmlJobs, FileSystemName } from './aml-jobs.ts';
import { parseBlobJob, parseExpansionJob, parseRebalanceJob } from './aml-jobs-wire.ts';
import { armPath, subscriptionPath } from './arm-path.ts';
import { isAbsent, putOnce } from './put-once.ts';

type JobKind = Parameters<AmlJobs['missing']>[0];

/** The first version of Microsoft.StorageCache that has each kind of job. */
const since: Readonly<Record<JobKind, string>> = {
  autoImportJobs: '2025-07-01',
  autoExportJobs: '2025-07-01',
  expansionJobs: '2026-01-01',
  rebalanceJobs: '2026-08-01',
};

/** The jobs below file systems, over ARM. */
export function amlJobs({ client, subscriptionId, apiVersion }: AmlFilesystemsOptions): AmlJobs {
  const pathOf = ({ resourceGroup, name }: FileSystemName, ...rest: string[]) =>
    subscriptionPath(subscriptionId) +
    armPath('resourceGroups', resourceGroup) +
    armPath('providers', 'Microsoft.StorageCache', 'amlFilesystems', name, ...rest);
  const missing = (kind: JobKind) =>
    apiVersion >= since[kind]
      ? undefined
      : `api-version ${apiVersion} of Microsoft.StorageCache has no ${kind}; they are there since ${since[kind]}`;

  const find = async (path: string, signal: AbortSignal): Promise<{ readonly body: unknown } | undefined> => {
    try {
      return await client.send({ method: 'GET', path, apiVersion }, signal);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      return undefined;
    }
  };
  const put = (path: string, body: object, signal: AbortSignal) =>
    putOnce<{ readonly body: unknown }>(
      () => client.send({ method: 'PUT', path, apiVersion, body, whenUnclear: 'report' }, signal),
      () => find(path, signal),
    );
  const list = (path: string, signal: AbortSignal) =>
    client.list({ method: 'GET', path, apiVersion }, signal);

  return {
    missing,
    expansions: async (of, signal) =>
      (await list(pathOf(of, 'expansionJobs'), signal)).map(parseExpansionJob),
    async beginExpansion(of, name, { location, newStorageCapacityTiB, runRebalanceJob }, signal) {
      // An older version refuses a property it does not know.
      const rebalance = missing('rebalanceJobs') === undefined ? { runRebalanceJob } : {};
      const body = { location, properties: { newStorageCapacityTiB, ...rebalance } };
      return parseExpansionJob((await put(pathOf(of, 'expansionJobs', name), body, signal)).body);
    },
    async rebalances(of, signal) {
      if (missing('rebalanceJobs') !== undefined) return [];
      return (await list(pathOf(of, 'rebalanceJobs'), signal)).map(parseRebalanceJob);
    },
    async blobJob(of, kind, name, signal) {
      const found = await find(pathOf(of, kind, name), signal);
      return found && parseBlobJob(found.body);
    },
    async beginBlobJob(of, kind, name, wanted, signal) {
      await put(pathOf(of, kind, name), wanted, signal);
    },
  };
}
