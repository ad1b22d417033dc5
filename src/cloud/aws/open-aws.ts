import type { Clock } from '../../async/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { AwsError } from './aws-error.ts';
import type { AwsRole } from './aws-role.ts';
import type { EfsClient } from './efs-client.ts';

/** The process' surroundings; AWS is configured by the environment variables that all its tools read. */
export interface OpenAwsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Begins the User-Agent of requests, e.g. `efs.csi.aws.com/0.1.0`. */
  readonly userAgent: string;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** AWS as the drivers see it. */
export async function openAws(
  _options: OpenAwsOptions,
): Promise<{ readonly region: string; efs(role?: AwsRole): EfsClient }> {
  throw new AwsError('unexpected', 'this build has no client for AWS');
}
