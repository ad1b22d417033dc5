import type { Clock } from '../async/clock.ts';
import { remainingMs, withDeadline } from '../async/deadline.ts';
import type { Call } from './call.ts';
import type { BackendVolume, CreateRequest, VolumeBackend } from './driver.ts';
import { CsiError, retryableCodes } from './errors.ts';
import type { Progress } from './progress.ts';
import { toCsiError } from './to-status.ts';

/** How long before its caller's deadline a create that is still running is answered. */
const ANSWER_BEFORE_MS = 1000;

/**
 * Makes the volume that `request` asks for, or finds the one an earlier call made or began. From the moment the cloud
 * may have accepted a create, every failure has a code that orchestrators retry: a final one would make them forget a
 * volume that exists and costs money.
 *
 * @returns a volume in state `ready`
 * @throws CsiError; `deadline-exceeded` while the cloud is still at work, a second before the caller's deadline
 */
export async function createIdempotently(
  backend: VolumeBackend,
  request: CreateRequest,
  call: Call,
  clock: Clock,
): Promise<BackendVolume> {
  const intent = backend.intent(request);
  // An earlier call may have made it, so not knowing whether it exists is not a reason to give up.
  const found = await orRetry(
    () => backend.find(intent, call),
    `whether volume ${request.name} exists already is not known`,
    call,
  );
  if (found === undefined) {
    const plan = await whileNothingExists(() => planNew(backend, intent, call), call);
    const created = await createOnce(backend, intent, plan, request.name, call);
    if (created.existed) refuseDifference(backend, plan, created);
    return settle(backend, plan, created, request.name, call, clock);
  }
  const plan = await orRetry(
    () => backend.plan(intent, call),
    `volume ${request.name} exists, but could not be compared with the request`,
    call,
  );
  refuseDifference(backend, plan, found);
  return settle(backend, plan, found, request.name, call, clock);
}

function refuseDifference(backend: VolumeBackend, plan: unknown, found: BackendVolume): void {
  if (found.state !== 'ready' && found.state !== 'creating') return;
  const difference = backend.conflict(plan, found);
  if (difference !== undefined) throw new CsiError('already-exists', difference);
}

async function planNew(backend: VolumeBackend, intent: unknown, call: Call): Promise<unknown> {
  const plan = await backend.plan(intent, call);
  await backend.admit?.(plan, call);
  return plan;
}

/** Starts the creation. A failure is final only when the cloud, asked again, has no such volume. */
async function createOnce(
  backend: VolumeBackend,
  intent: unknown,
  plan: unknown,
  name: string,
  call: Call,
): Promise<BackendVolume> {
  try {
    return await backend.create(plan, call);
  } catch (thrown) {
    const error = toCsiError(thrown, 'CreateVolume', call.signal);
    // "No room" is an answer. The other codes that are retried say that there was none.
    if (retryableCodes.has(error.code) && error.code !== 'resource-exhausted') throw error;
    const begun = await orRetry(
      () => backend.find(intent, call),
      `whether volume ${name} was created is not known after: ${error.message}`,
      call,
    );
    if (begun === undefined) throw ofNothing(error);
    throw retryable(error, `volume ${name} was created, but`);
  }
}

/** Brings a volume that exists to `ready`, or says with a retryable code why it is not. */
async function settle(
  backend: VolumeBackend,
  plan: unknown,
  volume: BackendVolume,
  name: string,
  call: Call,
  clock: Clock,
): Promise<BackendVolume> {
  switch (volume.state) {
    case 'ready':
      return volume;
    case 'creating': {
      const ended = await completeInTime(backend, plan, volume, name, call, clock);
      if (ended.state !== 'creating') return settle(backend, plan, ended, name, call, clock);
      throw new CsiError('aborted', `volume ${name} is still being created${because(ended)}`);
    }
    case 'deleting':
      throw new CsiError(
        'aborted',
        `volume ${name} is being deleted and can be created again when it is gone${because(volume)}`,
      );
    case 'failed':
      await discard(backend, plan, volume, name, call);
      throw new CsiError(
        'aborted',
        `the creation of volume ${name} failed and was undone; it is tried again${because(volume)}`,
      );
  }
}

async function completeInTime(
  backend: VolumeBackend,
  plan: unknown,
  volume: BackendVolume,
  name: string,
  call: Call,
  clock: Clock,
): Promise<BackendVolume> {
  let last: Progress | undefined;
  const started = clock.now();
  const remaining = remainingMs(clock, call.deadline);
  // A caller with less than two seconds left gets half of them waited.
  const margin = Math.min(ANSWER_BEFORE_MS, remaining / 2);
  const answerAt = call.deadline === undefined ? undefined : call.deadline - margin;
  const scope = withDeadline(
    clock,
    call.signal,
    answerAt,
    () => new CsiError('deadline-exceeded', stillCreating(name, last, clock.now() - started)),
  );
  const watched: Call = {
    ...call,
    signal: scope.signal,
    progress: (report) => {
      last = report;
      call.progress(report);
    },
  };
  try {
    return await orRetry(
      () => backend.complete(plan, volume, watched),
      `volume ${name} was accepted, but following its creation failed`,
      watched,
    );
  } finally {
    scope.dispose();
  }
}

async function discard(
  backend: VolumeBackend,
  plan: unknown,
  volume: BackendVolume,
  name: string,
  call: Call,
): Promise<void> {
  try {
    await backend.discard(plan, volume, call);
  } catch (thrown) {
    const error = toCsiError(thrown, 'CreateVolume', call.signal);
    // Not ours, so nothing of ours is left behind by giving up.
    if (error.code === 'already-exists') throw error;
    throw retryable(
      error,
      `the creation of volume ${name} failed${because(volume)} and could not be undone:`,
    );
  }
}

/** Runs a step before anything is begun, for a volume that the cloud does not have. */
async function whileNothingExists<T>(step: () => Promise<T>, call: Call): Promise<T> {
  try {
    return await step();
  } catch (thrown) {
    throw ofNothing(toCsiError(thrown, 'CreateVolume', call.signal));
  }
}

function ofNothing(error: CsiError): CsiError {
  return new CsiError(error.code, error.message, { cause: error.cause ?? error, nothingExists: true });
}

/** Runs a step on a volume that exists or may exist. */
async function orRetry<T>(step: () => Promise<T>, prefix: string, call: Call): Promise<T> {
  try {
    return await step();
  } catch (thrown) {
    throw retryable(toCsiError(thrown, 'CreateVolume', call.signal), `${prefix}:`);
  }
}

function retryable(error: CsiError, prefix: string): CsiError {
  if (retryableCodes.has(error.code)) return error;
  return new CsiError('unavailable', `${prefix} ${error.message}`, { cause: error });
}

function because({ reason }: BackendVolume): string {
  return reason === undefined ? '' : `: ${reason}`;
}

function stillCreating(name: string, last: Progress | undefined, waitedMs: number): string {
  const passed = `${minutes(last?.elapsedMs ?? waitedMs)} have passed`;
  const usual = last?.usualMs === undefined ? '' : ` of usually ${minutes(last.usualMs)}`;
  const percent = last?.percent === undefined ? '' : ` (${last.percent} %)`;
  return `volume ${name} is still being created: ${passed}${usual}${percent}; it goes on and the next call finds it`;
}

function minutes(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
