import type { ServerState } from './server-state.ts';

const CHECK_EVERY_MS = 60_000;
/** However fast events come, the state file holds no more of them. */
const MOST_EVENTS = 20_000;

/** Removes objects whose time is over, until aborted: events an hour after they were last seen. */
export async function expireObjects(
  { store, registry, clock }: ServerState,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    for (const { storedAs, timeToLiveMs } of registry.all()) {
      if (timeToLiveMs !== undefined) store.expire(storedAs, clock.now() - timeToLiveMs, MOST_EVENTS);
    }
    await clock.sleep(CHECK_EVERY_MS, signal).catch(() => {});
  }
}
