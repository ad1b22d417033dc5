import { loadavg } from 'node:os';
import type { CallPlugin } from '../plugins/client.ts';
import { type Allocator, type CreateRun, measureCreates } from './creates.ts';

export interface MatrixOptions {
  readonly bundles: string;
  readonly directory: string;
  readonly call: CallPlugin;
  readonly rounds: number;
  /** Asked for by ten and by a hundred callers; by one a quarter of it, since it takes as long. */
  readonly volumes: number;
  /** The same where EFS throttles, which sets the time. */
  readonly throttledVolumes: number;
  readonly existing: readonly number[];
}

/** One run of the matrix, with the machine's load when it began. */
export type MatrixRun = CreateRun & { readonly throttled: boolean; readonly load: number };

const LATENCY_MS = 20;
/** What EFS was seen to take of one operation. */
const CALLS_PER_SECOND = 20;

/** Ours and the baseline in turns, so that a busy minute of the machine harms both. */
export async function measureMatrix(options: MatrixOptions): Promise<readonly MatrixRun[]> {
  const runs: MatrixRun[] = [];
  for (let round = 1; round <= options.rounds; round++)
    for (const throttled of [false, true])
      for (const existing of options.existing)
        for (const allocator of ['ledger', 'naive'] as const) {
          const [load = 0] = loadavg();
          const order = { latencyMs: LATENCY_MS, ...(throttled && { perSecond: CALLS_PER_SECOND }) };
          const plan = planOf(options, allocator, existing, throttled);
          const run = await measureCreates({ ...options, ...plan, allocator, existing, order });
          runs.push({ ...run, throttled, load });
          const rates = run.steps.map(({ callers, perSecond }) => `${callers}: ${perSecond.toFixed(1)}/s`);
          console.error(
            `round ${round}, load ${load.toFixed(1)}: ${allocator}${throttled ? ', throttled' : ''}, ${existing} there: ${rates.join(', ')}`,
          );
        }
  return runs;
}

/** The baseline gets fewer volumes where each costs it many listings: what is compared is counted per volume. */
function planOf(
  { volumes, throttledVolumes }: MatrixOptions,
  allocator: Allocator,
  existing: number,
  throttled: boolean,
) {
  const pages = allocator === 'naive' ? Math.max(1, Math.ceil(existing / 1000)) : 1;
  const count = Math.max(20, Math.round((throttled ? throttledVolumes : volumes) / Math.min(pages, 8)));
  return {
    warmUp: throttled ? 0 : count,
    steps: [1, 10, 100].map((callers) => ({
      callers,
      volumes: callers === 1 ? Math.ceil(count / 4) : count,
    })),
  };
}
