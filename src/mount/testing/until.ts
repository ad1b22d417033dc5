import { setTimeout } from 'node:timers/promises';

/** Waits for something that another process brings about; fails after ten seconds. */
export async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + 10_000; !condition(); await setTimeout(5)) {
    if (performance.now() > end) throw new Error(`never came true: ${condition}`);
  }
}
