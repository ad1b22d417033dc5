import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { isRunning, type ProcessRecord } from '../../mount/process-record.ts';

const entries = z.array(z.object({ name: z.string(), pid: z.number(), startTime: z.string() }));

export type ListedProcess = ProcessRecord & { readonly name: string };

/** The sandbox's own processes on disk, so that a start or a stop after a kill -9 finds what is still running. */
export function openProcessList(file: string) {
  const read = (): ListedProcess[] => {
    try {
      return z.safeParse(entries, JSON.parse(readFileSync(file, 'utf8'))).data ?? [];
    } catch {
      // Absent: nothing was started.
      return [];
    }
  };
  return {
    /** Those that still run. */
    running: (): ListedProcess[] => read().filter(isRunning),
    add(name: string, record: ProcessRecord): void {
      const kept = read().filter(isRunning);
      const draft = `${file}.new`;
      // Synchronous: the record must be on disk before anything else can kill this program.
      writeFileSync(draft, JSON.stringify([...kept, { name, ...record }]), { mode: 0o600 });
      renameSync(draft, file);
    },
  };
}

export type ProcessList = ReturnType<typeof openProcessList>;
