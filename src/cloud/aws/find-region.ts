import { CloudConfigError } from '../cloud-config-error.ts';
import type { AwsEnvironment } from './aws-environment.ts';
import { AwsError } from './aws-error.ts';
import type { InstanceMetadata } from './instance-metadata.ts';

/** The region by AWS_REGION, AWS_DEFAULT_REGION, or the machine this runs on. Throws CloudConfigError. */
export async function findRegion(
  aws: AwsEnvironment,
  metadata: InstanceMetadata,
  signal: AbortSignal,
): Promise<string> {
  if (aws.region !== undefined) return aws.region;
  try {
    const region = (await metadata.read('meta-data/placement/region', signal))?.trim();
    if (region) return region;
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    throw unknownRegion(cause);
  }
  throw unknownRegion();
}

function unknownRegion(cause?: AwsError): CloudConfigError {
  const reason = cause ? ` (${cause.message})` : '';
  return new CloudConfigError(
    'AWS_REGION',
    `is not set, and the machine does not tell its region${reason}; set it, e.g. to eu-central-1`,
    { cause },
  );
}
