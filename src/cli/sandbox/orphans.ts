import type { Clock } from '../../async/clock.ts';
import { isRunning, signalProcess } from '../../mount/process-record.ts';
import { openProcessList } from '../../sandbox/processes/process-list.ts';
import type { StateDir } from '../../sandbox/state/state-dir.ts';

const POLL_MS = 20;

/** Ends the plugins of a sandbox that was killed: they hold the sockets that the new ones need. */
export async function endOrphans(dir: StateDir, clock: Clock): Promise<void> {
  for (const orphan of openProcessList(dir.processesFile).running()) {
    // A plugin must bear kill -9 at any point, so there is no need to wait for its goodbye.
    signalProcess(orphan, 'SIGKILL');
    while (isRunning(orphan)) await clock.sleep(POLL_MS);
  }
}
