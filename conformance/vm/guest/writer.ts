import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** Somebody who writes into a mount all the time, ten lines a second, each on the server before the next. */
export interface Writer {
  /** Resolves when another `count` lines have been written from now on. */
  wrote(count: number, timeoutMs?: number): Promise<void>;
  /** Longest time between two lines so far, in milliseconds. */
  longestGapMs(): number;
  stop(): Promise<void>;
}

let writers = 0;

/** `file` lies in the mount. The times are written elsewhere, so that a mount that hangs keeps nobody from reading them. */
export async function startWriter(file: string): Promise<Writer> {
  const times = `/run/writer-${++writers}`;
  const child = spawn(
    'sh',
    [
      '-c',
      `exec 3>>"$1"; while :; do echo line >&3 && sync "$1" && cut -d' ' -f1 /proc/uptime >>"$2"; sleep 0.1; done`,
      'sh',
      file,
      times,
    ],
    { stdio: 'ignore', cwd: '/' },
  );
  const moments = () =>
    existsSync(times) ? readFileSync(times, 'utf8').split('\n').filter(Boolean).map(Number) : [];
  const writer: Writer = {
    async wrote(count, timeoutMs = 60_000) {
      const goal = moments().length + count;
      for (const end = Date.now() + timeoutMs; moments().length < goal; await setTimeout(50)) {
        if (Date.now() > end) throw new Error(`nothing could be written to ${file} for ${timeoutMs} ms`);
      }
    },
    longestGapMs() {
      const seen = moments();
      return Math.round(
        1000 * Math.max(0, ...seen.slice(1).map((time, index) => time - (seen[index] ?? time))),
      );
    },
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
  await writer.wrote(2);
  return writer;
}
