import type { IdentityService } from '../../csi/service.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';

/** The port of probes and metrics; without one there is nothing to close. */
export async function startHealthServer(options: {
  readonly port: number | undefined;
  readonly address: string;
  /** Healthy is who answers Probe, as the livenessprobe sidecar asks it. */
  readonly identities: readonly IdentityService[];
  readonly metrics: Metrics;
  readonly log: Log;
}): Promise<{ close(): Promise<void> }> {
  const { port } = options;
  if (port === undefined) return { close: async () => {} };
  const { startHealth } = await import('../../kubelet/health.ts');
  const probe = async (signal: AbortSignal) => {
    const answers = await Promise.all(
      options.identities.map((identity) => identity.probe({}, { signal, deadline: undefined })),
    );
    return answers.every(({ ready }) => ready !== false);
  };
  return startHealth({ ...options, port, probe });
}
