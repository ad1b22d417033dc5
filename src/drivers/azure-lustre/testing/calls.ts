import type { Call } from '../../../csi/call.ts';
import type { Progress } from '../../../csi/progress.ts';
import { silentLog } from '../../../telemetry/log.ts';

/** A call without a deadline whose progress is kept. */
export function createCall(changes: Partial<Call> = {}): Call & { readonly reports: Progress[] } {
  const reports: Progress[] = [];
  return {
    signal: new AbortController().signal,
    deadline: undefined,
    log: silentLog,
    progress: (progress) => void reports.push(progress),
    reports,
    ...changes,
  };
}
