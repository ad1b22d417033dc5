import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { signalProcess } from '../../mount/process-record.ts';

const record = z.object({ pid: z.number(), startTime: z.string() });

/** Ends the tunnel of the sandbox's node, which outlives its plugin by design. None is success. */
export function endTunnel(tunnelDir: string): void {
  try {
    signalProcess(record.parse(JSON.parse(readFileSync(join(tunnelDir, 'stunnel.json'), 'utf8'))), 'SIGTERM');
  } catch {
    // None was ever started.
  }
}
