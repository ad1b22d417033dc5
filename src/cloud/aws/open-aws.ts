import { EFSClient } from '@aws-sdk/client-efs';
import { STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '../../async/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Environment } from '../environment.ts';
import { createHttpsAgent } from '../https-agent.ts';
import { apiMetrics } from './api-metrics.ts';
import { assumeRole } from './assume-role.ts';
import { readAwsEnvironment } from './aws-environment.ts';
import type { AwsRole } from './aws-role.ts';
import { createCallAws } from './call-aws.ts';
import type { AwsCredentialSource } from './credentials.ts';
import type { EfsClient } from './efs-client.ts';
import { efsOverSdk } from './efs-over-sdk.ts';
import { findRegion } from './find-region.ts';
import { createSendHttp } from './http-request.ts';
import { createInstanceMetadata } from './instance-metadata.ts';
import { openCredentials } from './open-credentials.ts';
import { fetchProfileCredentials } from './profile-credentials.ts';
import { renewingCredentials } from './renewing-credentials.ts';
import { sdkSettings } from './sdk-settings.ts';

/** The process' surroundings; AWS is configured by the environment variables that all its tools read. */
export interface OpenAwsOptions {
  readonly env: Environment;
  /** Begins the User-Agent of requests, e.g. `efs.csi.aws.com/0.1.0`. */
  readonly userAgent: string;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly metrics: Metrics;
  readonly log: Log;
}

export interface Aws {
  readonly region: string;
  /** EFS with this process' own identity, or in the account of a role; the same client for the same role. */
  efs(role?: AwsRole): EfsClient;
}

/**
 * AWS as the drivers see it. Reads the configuration and asks nobody anything but, where the environment names no
 * region, the machine for its own. To be imported where it is first needed: AWS' SDK comes with it. Throws CloudConfigError.
 */
export async function openAws(options: OpenAwsOptions): Promise<Aws> {
  const { clock, env } = options;
  const aws = readAwsEnvironment(env);
  const agent = await createHttpsAgent(env, aws.caFile, { maxSockets: 128 });
  const send = createSendHttp(agent);
  const metadata = createInstanceMetadata(aws.metadataEndpoint, send);
  const region = await findRegion(aws, metadata, AbortSignal.timeout(10_000));
  const own = openCredentials({
    env,
    aws,
    region,
    send,
    metadata,
    clock,
    profile: () => fetchProfileCredentials(env),
  });
  const settings = (endpoint: string | undefined, credentials: AwsCredentialSource) =>
    sdkSettings({ aws, region, endpoint, credentials, agent, userAgent: options.userAgent });
  const callsOf = (service: string) =>
    createCallAws({ ...options, metrics: apiMetrics(options.metrics, service) });

  const stsCalls = callsOf('sts');
  const credentialsOf = (role: AwsRole): AwsCredentialSource => {
    const sts = new STSClient(settings(aws.endpoints.sts, own));
    return renewingCredentials(clock, (signal) => assumeRole(sts, stsCalls, role, signal));
  };
  const clients = new Map<string, EfsClient>();
  return {
    region,
    efs(role) {
      const key = role === undefined ? '' : `${role.arn} ${role.externalId ?? ''}`;
      let client = clients.get(key);
      if (client === undefined) {
        const credentials = role === undefined ? own : credentialsOf(role);
        client = efsOverSdk(new EFSClient(settings(aws.endpoints.efs, credentials)), callsOf('efs'));
        clients.set(key, client);
      }
      return client;
    },
  };
}
