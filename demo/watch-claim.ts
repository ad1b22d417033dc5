import type { Clock } from '../src/async/clock.ts';
import type { KubeClient } from '../src/kube/client.ts';
import type { KubeEvent } from '../src/kube/objects.ts';
import { events, persistentVolumeClaims } from '../src/kube/resources.ts';
import { progressBar } from './progress-bar.ts';
import type { Screen } from './screen.ts';

/** Follows a claim from Pending to Bound: each event as it comes, and a bar while a file system is made. */
export type WatchClaim = (name: string) => Promise<void>;

const POLL_MS = 250;
const TIMEOUT_MS = 60_000;
const NAMESPACE = 'default';
const BAR_STEPS = 10;

/** `usualMs`: how long a file system usually takes here, in real time; used where the cloud reports no percentage. */
export function watchClaim(ports: {
  readonly client: KubeClient;
  readonly screen: Screen;
  readonly clock: Clock;
  readonly usualMs: number;
}): WatchClaim {
  const { client, screen, clock, usualMs } = ports;
  return async (name) => {
    const started = clock.now();
    const said = new Set<string>();
    let isNew = true;
    for (; ; await clock.sleep(POLL_MS)) {
      const claim = await client.get(persistentVolumeClaims, { namespace: NAMESPACE, name });
      const { items } = await client.list(events, {
        namespace: NAMESPACE,
        fieldSelector: `involvedObject.uid=${claim.metadata.uid}`,
      });
      const phase = claim.status?.phase ?? 'Pending';
      if (isNew && phase === 'Pending') screen.output(`${name}  is Pending`);
      isNew = false;
      const fresh = items.filter((event) => !isProgress(event) && !said.has(event.message));
      if (fresh.length > 0 || phase === 'Bound') screen.endProgress();
      for (const { reason, message } of fresh.sort(byTime)) {
        said.add(message);
        screen.output(`${name}  ${reason}: ${message}`);
      }
      if (phase === 'Bound') return screen.output(`${name}  is Bound to ${claim.spec.volumeName}`);
      const passed = clock.now() - started;
      if (passed > TIMEOUT_MS) throw new Error(`claim ${name} is not Bound after ${TIMEOUT_MS / 1000} s`);
      const progress = items.findLast(isProgress);
      if (progress) drawProgress(screen, progress.message, passed / usualMs);
    }
  };
}

function drawProgress(screen: Screen, message: string, estimate: number): void {
  const reported = percentIn(message);
  const fraction = reported === undefined ? Math.min(estimate, 0.99) : reported / 100;
  const words = reported === undefined ? 'of the usual time, an estimate' : 'as Azure reports it';
  screen.progress(progressBar(fraction, words), Math.floor(fraction * BAR_STEPS));
}

/** An event's time has whole seconds only; its resourceVersion grows with every write. */
const byTime = (a: KubeEvent, b: KubeEvent) =>
  Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion);

const isProgress = ({ reason }: KubeEvent) => reason === 'ProvisioningProgress';

/** The percentage in a progress event's message, 0 to 100. */
export function percentIn(message: string): number | undefined {
  const match = /(\d{1,3}) ?%/.exec(message);
  return match ? Math.min(100, Number(match[1])) : undefined;
}
