import { readFileSync } from 'node:fs';

/** A process as it can be recognised later: a pid alone may have been given to another program meanwhile. */
export interface ProcessRecord {
  readonly pid: number;
  /** Start time in clock ticks since boot, field 22 of /proc/PID/stat (proc(5)). */
  readonly startTime: string;
}

/** The record of a running process, or undefined when there is none with this pid. */
export function recordOf(pid: number): ProcessRecord | undefined {
  const stat = readStat(pid);
  return stat && { pid, startTime: stat.startTime };
}

/** True while exactly this process runs; a zombie counts as ended. */
export function isRunning(record: ProcessRecord): boolean {
  const stat = readStat(record.pid);
  return stat !== undefined && stat.startTime === record.startTime && stat.state !== 'Z';
}

/** Sends the signal only to exactly this process; false when it has ended. */
export function signalProcess(record: ProcessRecord, signal: NodeJS.Signals): boolean {
  if (!isRunning(record)) return false;
  try {
    return process.kill(record.pid, signal);
  } catch {
    // It ended between the look and the signal.
    return false;
  }
}

function readStat(pid: number): { state: string; startTime: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name, field 2, may hold spaces and parentheses: count from the last ')'.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state, startTime] = [fields[0], fields[19]];
    return state !== undefined && startTime !== undefined ? { state, startTime } : undefined;
  } catch {
    return undefined;
  }
}
