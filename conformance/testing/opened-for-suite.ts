import { after, before } from 'node:test';

/** Opened before the tests of the suite that calls this, closed after them, what was opened last first. */
export function openedForSuite<World>(
  open: (t: { after(done: () => Promise<void>): void }) => Promise<World>,
): () => World {
  const cleanups: (() => Promise<void>)[] = [];
  let world: World | undefined;
  before(async () => {
    world = await open({ after: (done) => cleanups.push(done) });
  });
  after(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });
  return () => {
    if (world === undefined) throw new Error('the suite has not begun');
    return world;
  };
}
