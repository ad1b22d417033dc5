import { CsiError } from './errors.ts';

/**
 * Why a call's signal ended, as the error its caller gets. All are retryable: work that the cloud or the kernel has
 * begun may go on.
 */
export const deadlinePassed = (): CsiError =>
  new CsiError('deadline-exceeded', "the caller's deadline passed; what was begun may go on, ask again");

export const callerLeft = (): CsiError =>
  new CsiError('aborted', 'the caller cancelled the call; what was begun may go on, ask again');

export const stopping = (): CsiError => new CsiError('unavailable', 'the plugin is stopping, ask again');
