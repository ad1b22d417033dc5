import { watch } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunCommand } from '../../mount/command.ts';
import type { Log } from '../../telemetry/log.ts';
import { cleanLustreMounts } from './clean-lustre-mounts.ts';
import { startMgs } from './mgs.ts';

export interface LustreServers {
  /** Looks at the directory now instead of at its next change. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Keeps an MGS listening for every file system under `<stateDir>/lustre`, and takes away the base mounts of those that are
 * gone. Resolves when the file systems that exist now can be reached.
 */
export async function startLustreServers(options: {
  readonly stateDir: string;
  readonly port: number;
  readonly run: RunCommand;
  readonly log: Log;
}): Promise<LustreServers> {
  const directory = join(options.stateDir, 'lustre');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  let known = await filesystems(directory);
  const mgs = await startMgs({ port: options.port, addresses: known, log: options.log });
  let work = Promise.resolve();

  const look = async () => {
    const now = await filesystems(directory);
    await mgs.setAddresses(now);
    for (const address of known.filter((one) => !now.includes(one))) {
      await cleanLustreMounts(options.stateDir, options.run, address);
    }
    known = now;
  };
  const refresh = () => {
    work = work
      .then(look)
      .catch((err) => options.log.warn({ err }, 'cannot follow the simulated file systems'));
    return work;
  };
  const watcher = watch(directory, () => void refresh());
  watcher.on('error', (err) => options.log.warn({ err }, 'cannot watch the simulated file systems'));
  return {
    refresh,
    async close() {
      watcher.close();
      await work;
      await mgs.close();
    },
  };
}

/** Addresses, from the directories' names. `data` is made just after its parent, so the parent alone counts. */
async function filesystems(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && /^[0-9.]+$/.test(entry.name))
    .map((entry) => entry.name);
}
