import { readdirSync, readFileSync } from 'node:fs';

/** The processes of this machine, those in containers too, whose arguments contain these, one after the other. */
export function findProcesses(...args: readonly string[]): readonly number[] {
  const wanted = `\0${args.join('\0')}\0`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => `\0${commandLineOf(pid)}`.includes(wanted))
    .map(Number);
}

/** A process may end at any moment. */
function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
