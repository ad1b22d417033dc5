import { AwsError } from './aws-error.ts';
import type { AwsCredentials } from './credentials.ts';
import type { InstanceMetadata } from './instance-metadata.ts';
import { parseWireCredentials } from './wire-credentials.ts';

const roles = 'meta-data/iam/security-credentials';

/** Credentials of the role that the machine's instance profile has. */
export async function fetchMachineCredentials(
  metadata: InstanceMetadata,
  signal: AbortSignal,
): Promise<AwsCredentials> {
  const role = (await metadata.read(`${roles}/`, signal))?.trim().split('\n')[0];
  const body = role ? await metadata.read(`${roles}/${role}`, signal) : undefined;
  if (body === undefined) {
    throw new AwsError(
      'credentials',
      'there are no credentials: none are in the environment, and the machine has no role; give the service account a role (IRSA or EKS Pod Identity) or the machine an instance profile',
    );
  }
  return parseWireCredentials(body, 'the instance metadata service');
}
