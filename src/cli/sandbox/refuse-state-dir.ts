import { StateDirError } from '../../sandbox/state/claim-state-dir.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';

/** Does the work; a directory that is no sandbox's becomes wrong usage of --state-dir. */
export async function refuseStateDir<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof StateDirError)) throw error;
    throw new CommandFailure(exitCodes.wrongUsage, `--state-dir: ${error.message}`, { cause: error.cause });
  }
}
