import type { AmlFilesystem } from '../../../cloud/azure/aml-filesystem.ts';
import type { ExpansionJob } from '../../../cloud/azure/aml-jobs.ts';
import type { Call } from '../../../csi/call.ts';
import { CsiError } from '../../../csi/errors.ts';
import type { AzurePorts, ControllerPorts } from '../../driver-module.ts';
import { throwFirst } from '../../refusal.ts';
import { type Attempt, azureFailure, isPassing, withAzure } from '../azure-failure.ts';
import { type CapacityRange, tibOfBytes } from '../capacity.ts';
import { settingsOf, whyNotOurs } from '../tags.ts';
import { parseVolumeId } from '../volume-id.ts';
import { capacityOf } from './conflict.ts';
import { type ExpansionFacts, type ExpansionStep, planExpansion } from './expansion-plan.ts';
import { poll } from './polling.ts';

const permissions = [
  'Microsoft.StorageCache/amlFilesystems/read',
  'Microsoft.StorageCache/amlFilesystems/expansionJobs/read',
  'Microsoft.StorageCache/amlFilesystems/expansionJobs/write',
  'Microsoft.StorageCache/skus/read',
];

interface Target {
  readonly volumeId: string;
  readonly resourceGroup: string;
  readonly name: string;
}

/**
 * Grows the file system behind a volume and waits until it has grown. A job that an earlier call began is found by
 * looking, so a call may be repeated after any failure, in another process too. A static volume has no size of its own:
 * its claim may say what it likes.
 *
 * @returns the size in bytes afterwards
 */
export async function expandVolume(
  ports: ControllerPorts,
  volumeId: string,
  range: CapacityRange,
  call: Call,
): Promise<bigint> {
  const id = parseVolumeId(volumeId);
  if (id === undefined || id.name === '') throw noSuchVolume(volumeId);
  if (id.dynamic !== true) return range.requiredBytes || range.limitBytes;
  const target = { volumeId, resourceGroup: id.resourceGroup, name: id.name };
  const attempt = attemptOf(target, false);
  if (id.resourceGroup === '') throw noSuchVolume(volumeId);
  const azure = await withAzure(attempt, () => ports.azure());
  const found = await withAzure(attempt, () => fileSystemOf(azure, target, call));
  const foreign = whyNotOurs(id.name, found.tags);
  if (foreign !== undefined)
    throw new CsiError(
      'failed-precondition',
      `${attempt.doing}: nothing proves that Berth made it: ${foreign}. Expand it in Azure`,
    );
  return grow(ports, azure, target, { range, found, attempt }, call);
}

interface Growth {
  readonly range: CapacityRange;
  readonly found: AmlFilesystem;
  readonly attempt: Attempt;
}

async function grow(
  ports: ControllerPorts,
  azure: AzurePorts,
  target: Target,
  { range, found, attempt }: Growth,
  call: Call,
): Promise<bigint> {
  const startedAt = ports.clock.now();
  const followed = new Set<string>();
  const look = async (): Promise<bigint | undefined> => {
    const fileSystem = followed.size === 0 ? found : await fileSystemOf(azure, target, call);
    if (capacityOf(fileSystem) < range.requiredBytes) refuseOldVersion(azure, attempt);
    const facts = await factsOf(ports, azure, target, fileSystem, range, call);
    throwFailed(facts.jobs, followed, target);
    const step = planExpansion(range, facts);
    switch (step.type) {
      case 'enough':
        return step.bytes;
      case 'refuse':
        return void throwFirst([step.refusal]);
      case 'rest':
        throw jobFailed(
          target,
          step.failed,
          `It is tried again after ${new Date(step.until).toISOString()}; a claim for another size is tried at once`,
        );
      case 'follow':
        followed.add(step.job.name);
        return void report(call, target, step.job, ports.clock.now(), startedAt);
      case 'begin':
        await begin(azure, target, step, fileSystem, call);
        followed.add(step.jobName);
        return undefined;
    }
  };
  try {
    return await poll(unlessPassing(look, target, call), {
      clock: ports.clock,
      signal: call.signal,
      startedAt,
    });
  } catch (error) {
    throw azureFailure(error, { ...attempt, mayExist: followed.size > 0 && !(error instanceof JobFailed) });
  }
}

/** The jobs and the SKU are asked for only where the size alone does not settle it. */
async function factsOf(
  { clock }: Pick<ControllerPorts, 'clock'>,
  { filesystems }: AzurePorts,
  target: Target,
  fileSystem: AmlFilesystem,
  range: CapacityRange,
  call: Call,
): Promise<ExpansionFacts> {
  const now = clock.now();
  const known = { currentBytes: capacityOf(fileSystem), settings: settingsOf(fileSystem.tags), now };
  if (known.currentBytes >= range.requiredBytes) return { ...known, jobs: [], sku: undefined };
  const [jobs, skus] = await Promise.all([
    filesystems.jobs.expansions(target, call.signal),
    filesystems.skus(fileSystem.location, call.signal),
  ]);
  return { ...known, jobs, sku: skus.find(({ name }) => name === fileSystem.sku?.name) };
}

async function begin(
  { filesystems }: AzurePorts,
  target: Target,
  step: ExpansionStep & { readonly type: 'begin' },
  { location, tags }: AmlFilesystem,
  call: Call,
): Promise<void> {
  const { jobName, bytes, rounding } = step;
  if (rounding !== undefined)
    call.progress({ volume: target.volumeId, phase: 'rounding', elapsedMs: 0, message: rounding });
  const wanted = {
    location,
    newStorageCapacityTiB: tibOfBytes(bytes),
    runRebalanceJob: settingsOf(tags).rebalance,
  };
  await filesystems.jobs.beginExpansion(target, jobName, wanted, call.signal);
  call.log.info({ fileSystem: target.name, job: jobName }, 'Azure accepted the expansion');
}

/** An expansion that ended without growing the file system; nothing is under way after it. */
class JobFailed extends CsiError {}

function throwFailed(jobs: readonly ExpansionJob[], followed: ReadonlySet<string>, target: Target): void {
  const failed = jobs.find(({ name, state }) => state === 'Failed' && followed.has(name));
  if (failed === undefined) return;
  throw jobFailed(target, failed, 'It keeps its size and its data');
}

function jobFailed({ name }: Target, job: ExpansionJob, andNow: string): JobFailed {
  const reason = job.detail ?? 'Azure gives no reason';
  return new JobFailed(
    'internal',
    `AMLFS cluster ${name} was not expanded to ${job.newStorageCapacityTiB} TiB: job ${job.name} failed (${reason}). ${andNow}`,
  );
}

function refuseOldVersion({ filesystems }: AzurePorts, { doing }: Attempt): void {
  const missing = filesystems.jobs.missing('expansionJobs');
  if (missing === undefined) return;
  throw new CsiError('unimplemented', `${doing}: ${missing}. Give the controller a later --arm-api-version`);
}

function report(call: Call, target: Target, job: ExpansionJob, now: number, followedSince: number): void {
  const elapsedMs = Math.max(0, now - (job.startedAt ?? followedSince));
  const { percent } = job;
  const remainingMs = percent ? (elapsedMs * (100 - percent)) / percent : undefined;
  call.progress({
    volume: target.volumeId,
    phase: 'expanding',
    elapsedMs,
    ...(percent !== undefined && { percent }),
    ...(remainingMs !== undefined && { remainingMs }),
    message: `Azure is expanding AMLFS cluster ${target.name} to ${job.newStorageCapacityTiB} TiB${job.state === 'InProgress' ? '' : ` (${job.state})`}`,
  });
}

async function fileSystemOf(
  { filesystems }: AzurePorts,
  { resourceGroup, name, volumeId }: Target,
  call: Call,
): Promise<AmlFilesystem> {
  const found = await filesystems.get(resourceGroup, name, call.signal);
  if (found === undefined) throw noSuchVolume(volumeId);
  return found;
}

/** A failure of Azure that passes does not end the waiting; the deadline does. */
function unlessPassing<T>(
  look: () => Promise<T | undefined>,
  target: Target,
  call: Call,
): () => Promise<T | undefined> {
  return async () => {
    try {
      return await look();
    } catch (error) {
      if (!isPassing(error) || call.signal.aborted) throw error;
      call.log.warn({ err: error, fileSystem: target.name }, 'Azure did not answer; asking again');
      return undefined;
    }
  };
}

function noSuchVolume(volumeId: string): CsiError {
  return new CsiError('not-found', `volume ${volumeId} does not exist`);
}

function attemptOf(target: Target, mayExist: boolean): Attempt {
  const doing = `ControllerExpandVolume error when expanding AMLFS ${target.name} in resource group ${target.resourceGroup}`;
  return { doing, permissions, mayExist };
}
