import type { Environment } from '../environment.ts';
import { AwsError } from './aws-error.ts';
import type { AwsCredentials } from './credentials.ts';
import { awsCredentials } from './wire-credentials.ts';

/**
 * Credentials of a profile in AWS' configuration files, which may name roles, processes and single sign-on: AWS' own
 * package reads them. It is loaded here and not before; the node plugin has none of it.
 */
export async function fetchProfileCredentials(env: Environment): Promise<AwsCredentials> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  const profile = env.AWS_PROFILE || 'default';
  try {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await defaultProvider({ profile })();
    return awsCredentials({
      accessKeyId,
      secretAccessKey,
      sessionToken,
      expiration: expiration?.getTime(),
    });
  } catch (cause) {
    throw new AwsError(
      'credentials',
      `profile "${profile}" of AWS' configuration files gives no credentials: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
}
