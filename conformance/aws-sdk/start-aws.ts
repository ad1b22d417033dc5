import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  type AwsCloud,
  type AwsCloudOptions,
  startAwsCloud,
} from '../../src/sandbox/clouds/aws/start-aws-cloud.ts';
import { openAuthority } from '../../src/sandbox/pki/authority.ts';

export interface StartedAws {
  readonly cloud: AwsCloud;
  /** PEM of the sandbox's authority, and where it is. */
  readonly ca: string;
  readonly caFile: string;
  /** The environment that leads AWS' tools to it. */
  readonly env: Readonly<Record<string, string>>;
}

/** A simulated AWS of its own on real time. */
export async function startAws(t: TestContext, options: Partial<AwsCloudOptions> = {}): Promise<StartedAws> {
  const stateDir = await mkdtemp(join(tmpdir(), 'berth-aws-sdk-'));
  const authority = await openAuthority(join(stateDir, 'pki'));
  const tls = await authority.issue({
    commonName: 'aws',
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
  });
  const cloud = await startAwsCloud({ stateDir, tls, timeScale: 1000, ...options });
  t.after(async () => {
    await cloud.close();
    await rm(stateDir, { recursive: true, force: true });
  });
  return {
    cloud,
    ca: authority.caCertificate,
    caFile: authority.caFile,
    env: {
      AWS_ENDPOINT_URL: cloud.url,
      AWS_CA_BUNDLE: authority.caFile,
      AWS_REGION: cloud.region,
      // The first generation of the command line reads this one only.
      AWS_DEFAULT_REGION: cloud.region,
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
      AWS_EC2_METADATA_SERVICE_ENDPOINT: cloud.metadataUrl,
    },
  };
}
