import { chown } from 'node:fs/promises';
import { systemClock } from '../../async/clock.ts';
import { claimSocket } from '../../csi/grpc/claim-socket.ts';
import { serveDirectories } from '../../directories/directories-server.ts';
import { createJobs } from '../../directories/jobs.ts';
import { rememberUsage } from '../../directories/remember-usage.ts';
import { createWork } from '../../directories/start-work.ts';
import { createRunCommand } from '../../mount/run-command.ts';
import { createLog } from '../../telemetry/log.ts';
import type { DirectoriesFlags } from '../commands/directories.ts';
import { exitCodes } from '../exit-codes.ts';
import { aborted, stopOnSignals } from '../stop-signals.ts';

/** Serves directory work at a Unix socket. Ends on SIGTERM; what it was doing is gone on with by the next one. */
export async function runDirectories(flags: DirectoriesFlags): Promise<void> {
  const log = createLog(flags.logLevel, { role: 'directories' });
  const stop = stopOnSignals(log);
  const work = createWork({
    run: createRunCommand(),
    program: [process.execPath, ...process.execArgv, process.argv[1] ?? '', 'directory-work'],
    mountPoint: flags.mountPoint,
    removalsPerSecond: flags.removalsPerSecond,
    looksPerSecond: flags.looksPerSecond,
  });
  const jobs = createJobs({ work: rememberUsage(work, systemClock), clock: systemClock, log });
  await claimSocket(flags.socket);
  const mode = flags.socketGroup === undefined ? 0o600 : 0o660;
  const server = await serveDirectories({ socketPath: flags.socket, mode, jobs, fsTypes: flags.fsType, log });
  if (flags.socketGroup !== undefined) await chown(flags.socket, process.geteuid?.() ?? 0, flags.socketGroup);
  log.info({ socket: flags.socket }, 'serving directory work');
  await aborted(stop);
  await server.close();
  await jobs.close();
  // A file system that hangs may keep a work process, which must not keep this one.
  process.exit(exitCodes.fine);
}
