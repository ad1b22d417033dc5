import type { Agent } from 'node:https';
import type { AwsEnvironment } from './aws-environment.ts';
import type { AwsCredentialSource } from './credentials.ts';

export interface SdkSettingsOptions {
  readonly aws: AwsEnvironment;
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly credentials: AwsCredentialSource;
  readonly agent: Agent;
  readonly userAgent: string;
}

const requestTimeoutMs = 30_000;

/** What every client of AWS' SDK here is made with. Everything it would read from the environment is given. */
export function sdkSettings(options: SdkSettingsOptions) {
  const { agent, aws, credentials, endpoint, region, userAgent } = options;
  return {
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    // An endpoint of one's own is taken as it is; the SDK refuses it together with either.
    useFipsEndpoint: endpoint === undefined && aws.useFips,
    useDualstackEndpoint: endpoint === undefined && aws.useDualStack,
    credentials: async () => {
      const { expiration, ...keys } = await credentials(AbortSignal.timeout(requestTimeoutMs));
      return { ...keys, ...(expiration === undefined ? {} : { expiration: new Date(expiration) }) };
    },
    // Repetitions are planned in retry-delay.ts, under the caller's deadline.
    maxAttempts: 1,
    requestHandler: {
      httpsAgent: agent,
      connectionTimeout: 5000,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
    },
    customUserAgent: userAgent,
  };
}
