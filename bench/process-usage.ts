import { readFile } from 'node:fs/promises';

/** What processes use together. A page that two of them share counts twice, as `ps` would add them up. */
export interface ProcessUsage {
  /** Resident, MiB. */
  readonly rssMiB: number;
  /** The part of it that no file backs and nothing can drop, MiB. */
  readonly anonymousMiB: number;
  /** User and system time since they started, milliseconds. */
  readonly cpuMs: number;
}

/** The kernel's unit of time in /proc, USER_HZ: 100 on every Linux architecture that Node has. */
const TICKS_PER_SECOND = 100;

export async function usageOf(pids: readonly number[]): Promise<ProcessUsage> {
  const each = await Promise.all(
    pids.map(async (pid) =>
      parseUsage(await readFile(`/proc/${pid}/status`, 'utf8'), await readFile(`/proc/${pid}/stat`, 'utf8')),
    ),
  );
  return each.reduce(
    (sum, one) => ({
      rssMiB: sum.rssMiB + one.rssMiB,
      anonymousMiB: sum.anonymousMiB + one.anonymousMiB,
      cpuMs: sum.cpuMs + one.cpuMs,
    }),
    { rssMiB: 0, anonymousMiB: 0, cpuMs: 0 },
  );
}

/** Of /proc/PID/status and /proc/PID/stat, see proc(5). */
export function parseUsage(status: string, stat: string): ProcessUsage {
  const kiB = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  // The name, field 2, may hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return {
    rssMiB: kiB('VmRSS') / 1024,
    anonymousMiB: kiB('RssAnon') / 1024,
    cpuMs: (ticks * 1000) / TICKS_PER_SECOND,
  };
}
