import type { ProgressSink } from '../csi/progress.ts';

/**
 * A service is made before the provisioner that shows its progress: give `sink` to the service and the relay to
 * `startProvisioner`. Until and after that, progress goes nowhere.
 */
export interface ProgressRelay {
  readonly sink: ProgressSink;
  connect(to: ProgressSink, signal: AbortSignal): void;
}

export function createProgressRelay(): ProgressRelay {
  const targets = new Set<ProgressSink>();
  return {
    sink(progress) {
      for (const target of targets) target(progress);
    },
    connect(to, signal) {
      targets.add(to);
      signal.addEventListener('abort', () => targets.delete(to), { once: true });
    },
  };
}
