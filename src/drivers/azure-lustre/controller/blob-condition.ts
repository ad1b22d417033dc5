import type { AmlFilesystem } from '../../../cloud/azure/aml-filesystem.ts';
import type { BlobJobKind } from '../../../cloud/azure/aml-jobs.ts';
import type { Call } from '../../../csi/call.ts';
import type { VolumeCondition } from '../../../csi/driver.ts';
import type { AzurePorts } from '../../driver-module.ts';
import { blobJobNames } from '../parameters/blob-parameters.ts';
import { resourceGroupOf } from './made.ts';

const stopped: Readonly<Record<BlobJobKind, string>> = {
  autoImportJobs: 'what changes in the blob container does not come into it any more',
  autoExportJobs: 'what changes in it is not written to the blob container any more',
};

const kinds = ['autoImportJobs', 'autoExportJobs'] as const;

/**
 * What is wrong with Berth's jobs between a file system and its blob container; undefined where nothing is, or nothing is
 * known. Asked of file systems only that have a container.
 */
export async function blobCondition(
  { filesystems }: AzurePorts,
  fileSystem: AmlFilesystem,
  call: Call,
): Promise<VolumeCondition | undefined> {
  if (fileSystem.properties.hsm?.settings?.container === undefined) return undefined;
  const of = { resourceGroup: resourceGroupOf(fileSystem), name: fileSystem.name ?? '' };
  const { jobs } = filesystems;
  try {
    for (const kind of kinds.filter((each) => jobs.missing(each) === undefined)) {
      const name = blobJobNames[kind];
      const job = await jobs.blobJob(of, kind, name, call.signal);
      if (job?.failed !== true) continue;
      const reason = job.detail ?? 'Azure gives no reason';
      const message = `job ${name} of AMLFS cluster ${of.name} failed (${reason}): ${stopped[kind]}. When the cause is gone, delete the job in Azure and make it again`;
      return { abnormal: true, message };
    }
  } catch (error) {
    if (call.signal.aborted) throw error;
    call.log.info({ err: error, fileSystem: of.name }, 'jobs on blobs cannot be read');
  }
  return undefined;
}
