import type { Clock } from '../../async/clock.ts';
import type { Environment } from '../environment.ts';
import type { AwsEnvironment } from './aws-environment.ts';
import { AwsError } from './aws-error.ts';
import { dnsSuffix } from './aws-partition.ts';
import { fetchContainerCredentials } from './container-credentials.ts';
import { chooseCredentials } from './credential-choice.ts';
import type { AwsCredentialSource, AwsCredentials } from './credentials.ts';
import type { SendHttp } from './http-request.ts';
import type { InstanceMetadata } from './instance-metadata.ts';
import { fetchMachineCredentials } from './machine-credentials.ts';
import { renewingCredentials } from './renewing-credentials.ts';
import { fetchWebIdentity } from './web-identity.ts';

export interface OpenCredentialsOptions {
  readonly env: Environment;
  readonly aws: AwsEnvironment;
  readonly region: string;
  readonly send: SendHttp;
  readonly metadata: InstanceMetadata;
  readonly clock: Clock;
  /** Reads a profile of AWS' configuration files; absent where this process does not carry AWS' SDK. */
  readonly profile?: () => Promise<AwsCredentials>;
}

/** The identity that the environment gives this process. Nothing is asked of anybody before the first call. */
export function openCredentials(options: OpenCredentialsOptions): AwsCredentialSource {
  const choice = chooseCredentials(options.env);
  const { env, send, metadata } = options;
  const fetch = async (signal: AbortSignal): Promise<AwsCredentials> => {
    switch (choice.type) {
      case 'environment':
        return environmentCredentials(env);
      case 'web-identity':
        return fetchWebIdentity(choice, stsEndpoint(options), send, signal);
      case 'container':
        return fetchContainerCredentials(choice, send, signal);
      case 'profile':
        if (options.profile) return options.profile();
        throw new AwsError(
          'credentials',
          'the node plugin reads no AWS configuration files (AWS_PROFILE, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE); give its service account a role, or the keys as environment variables',
        );
      case 'instance-metadata':
        return fetchMachineCredentials(metadata, signal);
    }
  };
  return renewingCredentials(options.clock, fetch);
}

/** The regional endpoint of STS: the global one is a single region far away. */
function stsEndpoint({ aws, region }: OpenCredentialsOptions): string {
  return aws.endpoints.sts ?? `https://sts${aws.useFips ? '-fips' : ''}.${region}.${dnsSuffix(region)}`;
}

function environmentCredentials(env: Environment): AwsCredentials {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN } = env;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  };
}
