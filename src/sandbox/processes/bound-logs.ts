import { copyFile, readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../async/clock.ts';
import type { Log } from '../../telemetry/log.ts';

const CHECK_EVERY_MS = 10_000;

/**
 * Keeps the `*.log` files of a directory below `maxBytes` each, and one older part of each as `<file>.1`, until aborted.
 * Copied and then emptied, not renamed: the programs that write them keep them open for appending.
 */
export async function boundLogs(
  directory: string,
  options: {
    readonly maxBytes: number;
    readonly clock: Clock;
    readonly log: Log;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { maxBytes, clock, log, signal } = options;
  while (!signal.aborted) {
    await cutLogs(directory, maxBytes).catch((err) => log.warn({ err, directory }, 'logs are not bounded'));
    await clock.sleep(CHECK_EVERY_MS, signal).catch(() => {});
  }
}

/** One round of {@link boundLogs}. */
export async function cutLogs(directory: string, maxBytes: number): Promise<void> {
  const names = await readdir(directory);
  for (const file of names.filter((name) => name.endsWith('.log')).map((name) => join(directory, name))) {
    if ((await stat(file)).size <= maxBytes) continue;
    await copyFile(file, `${file}.1`);
    await truncate(file);
  }
}
