import type { AmlFilesystem } from '../../../cloud/azure/aml-filesystem.ts';
import type { AmlJobs, FileSystemName } from '../../../cloud/azure/aml-jobs.ts';
import type { Call } from '../../../csi/call.ts';
import type { Refusal } from '../../refusal.ts';
import type { DynamicIntent } from '../dynamic-intent.ts';
import type { BlobIntent, BlobJobIntent } from '../parameters/blob-parameters.ts';

export const blobJobPermissions = [
  'Microsoft.StorageCache/amlFilesystems/autoImportJobs/read',
  'Microsoft.StorageCache/amlFilesystems/autoImportJobs/write',
  'Microsoft.StorageCache/amlFilesystems/autoExportJobs/read',
  'Microsoft.StorageCache/amlFilesystems/autoExportJobs/write',
];

/** Pure. Jobs that the API version in use does not know are refused before a file system is made that lacks them. */
export function refuseBlobVersion(jobs: AmlJobs, { jobs: wanted }: BlobIntent): readonly Refusal[] {
  return wanted.flatMap(({ kind }): Refusal[] => {
    const message = jobs.missing(kind);
    const key = kind === 'autoImportJobs' ? 'auto-import-prefixes' : 'auto-export-prefixes';
    if (message === undefined) return [];
    const fix = 'give the controller a later --arm-api-version, or leave the parameter out';
    return [{ code: 'failed-precondition', field: `parameters.${key}`, message, fix }];
  });
}

/** Those of the wanted jobs that the file system does not have. */
export async function missingBlobJobs(
  jobs: AmlJobs,
  of: FileSystemName,
  { jobs: wanted }: BlobIntent,
  signal: AbortSignal,
): Promise<readonly BlobJobIntent[]> {
  const there = await Promise.all(wanted.map(({ kind, name }) => jobs.blobJob(of, kind, name, signal)));
  return wanted.filter((_, index) => there[index] === undefined);
}

/** Begins the jobs that a file system is to have and has not. A volume is not ready before. */
export async function beginBlobJobs(
  jobs: AmlJobs,
  fileSystem: AmlFilesystem,
  resourceGroup: string,
  intent: DynamicIntent,
  call: Call,
): Promise<void> {
  const of = { resourceGroup, name: intent.resourceName };
  for (const { kind, name, properties } of await missingBlobJobs(jobs, of, intent.blob, call.signal)) {
    const wanted = { location: fileSystem.location, properties };
    await jobs.beginBlobJob(of, kind, name, wanted, call.signal);
    call.log.info({ fileSystem: intent.resourceName, job: name }, 'Azure accepted the job on blobs');
  }
}
