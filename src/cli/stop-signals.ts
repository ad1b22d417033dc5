import type { Log } from '../telemetry/log.ts';

/** Aborted by the first SIGTERM or SIGINT; the second ends the process at once. */
export function stopOnSignals(log: Log): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(1);
      log.info({ signal }, 'stopping; a second signal ends at once');
      stopping.abort(new Error(`stopped by ${signal}`));
    });
  }
  return stopping.signal;
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
