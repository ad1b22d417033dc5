import type { Clock } from '../src/async/clock.ts';
import type { KubeClient } from '../src/kube/client.ts';
import { events, persistentVolumeClaims } from '../src/kube/resources.ts';
import { progressBar } from './progress-bar.ts';
import type { Screen } from './screen.ts';

/** Follows a claim from Pending to Bound: each event as it comes, and a bar while a file system is made. */
export type WatchClaim = (name: string) => Promise<void>;

const POLL_MS = 250;
const TIMEOUT_MS = 60_000;
const NAMESPACE = 'default';

export function watchClaim(ports: { client: KubeClient; screen: Screen; clock: Clock }): WatchClaim {
  const { client, screen, clock } = ports;
  return async (name) => {
    const giveUp = clock.now() + TIMEOUT_MS;
    let drawing = false;
    const said = new Set<string>();
    for (;;) {
      const claim = await client.get(persistentVolumeClaims, { namespace: NAMESPACE, name });
      const { items } = await client.list(events, {
        namespace: NAMESPACE,
        fieldSelector: `involvedObject.uid=${claim.metadata.uid}`,
      });
      const progress = items
        .map(({ message }) => percentIn(message))
        .findLast((percent) => percent !== undefined);
      for (const { reason, message } of items) {
        if (said.has(message) || percentIn(message) !== undefined) continue;
        said.add(message);
        if (drawing) screen.endProgress();
        drawing = false;
        screen.output(`${name}  ${claim.status?.phase}  ${reason}: ${message}`);
      }
      if (claim.status?.phase === 'Bound') {
        if (drawing) screen.endProgress();
        return screen.output(`${name}  Bound  to ${claim.spec.volumeName}`);
      }
      if (progress !== undefined) {
        screen.progress(
          progressBar(progress / 100, `${name} ${claim.status?.phase}`),
          Math.floor(progress / 10),
        );
        drawing = true;
      }
      if (clock.now() > giveUp) throw new Error(`claim ${name} is not Bound after ${TIMEOUT_MS / 1000} s`);
      await clock.sleep(POLL_MS);
    }
  };
}

/** The percentage that a progress event ends with or holds, 0 to 100. */
export function percentIn(message: string): number | undefined {
  const match = /(\d{1,3}) ?%/.exec(message);
  return match ? Math.min(100, Number(match[1])) : undefined;
}
