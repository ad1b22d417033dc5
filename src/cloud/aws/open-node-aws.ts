import type { Clock } from '../../async/clock.ts';
import type { Environment } from '../environment.ts';
import { createHttpsAgent } from '../https-agent.ts';
import { readAwsEnvironment } from './aws-environment.ts';
import type { AwsCredentials } from './credentials.ts';
import { findMountTargets, type NodeMountTarget } from './find-mount-targets.ts';
import { findRegion } from './find-region.ts';
import { createSendHttp } from './http-request.ts';
import { createInstanceMetadata, type InstanceMetadata } from './instance-metadata.ts';
import { openCredentials } from './open-credentials.ts';

/** As much of AWS as a node needs to mount with IAM, without AWS' SDK. */
export interface NodeAws {
  readonly metadata: InstanceMetadata;
  /** By the environment or the machine; asked for once. Throws CloudConfigError. */
  region(signal: AbortSignal): Promise<string>;
  /** Current credentials of the node plugin's own identity. Throws AwsError. */
  credentials(signal: AbortSignal): Promise<AwsCredentials>;
  /** Where a file system answers. Throws AwsError. */
  mountTargets(fileSystemId: string, signal: AbortSignal): Promise<readonly NodeMountTarget[]>;
}

/** Asks nobody anything yet. Throws CloudConfigError. */
export async function openNodeAws(options: {
  readonly env: Environment;
  readonly clock: Clock;
}): Promise<NodeAws> {
  const { env, clock } = options;
  const aws = readAwsEnvironment(env);
  const send = createSendHttp(await createHttpsAgent(env, aws.caFile, { maxSockets: 128 }));
  const metadata = createInstanceMetadata(aws.metadataEndpoint, send);
  let region: string | undefined;
  let source: ReturnType<typeof openCredentials> | undefined;
  const regionOf = async (signal: AbortSignal) => {
    region ??= await findRegion(aws, metadata, signal);
    return region;
  };
  const credentials = async (signal: AbortSignal) => {
    const open = { env, aws, region: await regionOf(signal), send, metadata, clock };
    source ??= openCredentials(open);
    return source(signal);
  };
  return {
    metadata,
    region: regionOf,
    credentials,
    async mountTargets(fileSystemId, signal) {
      const find = {
        fileSystemId,
        region: await regionOf(signal),
        endpoint: aws.endpoints.efs,
        credentials: await credentials(signal),
        now: clock.now(),
      };
      return findMountTargets(find, send, signal);
    },
  };
}
