import type { KeyObject } from 'node:crypto';
import type { Clock } from '../../../async/clock.ts';
import type { NodeAws } from '../../../cloud/aws/open-node-aws.ts';
import type { TunnelSpec } from '../../../mount/tunnel/tunnel-service.ts';
import type { EfsMountPlan } from '../efs-mount.ts';
import { efsClientCertificate } from './client-certificate.ts';

/** Whom a mount's connection is for: what tells one volume's tunnel service from another's, kept on the host. */
export function tunnelClient(plan: EfsMountPlan): TunnelSpec['client'] {
  return {
    fileSystem: plan.fileSystemId,
    ...(plan.accessPointId !== '' && { accessPoint: plan.accessPointId }),
    ...(plan.iam && { iam: 'true' }),
    ...(plan.region !== undefined && { region: plan.region }),
  };
}

/** Whether a service of the tunnel is the plan's own. */
export function isTunnelOf(client: TunnelSpec['client'], plan: EfsMountPlan): boolean {
  const own = tunnelClient(plan);
  const names = new Set([...Object.keys(own), ...Object.keys(client)]);
  return [...names].every((name) => own[name] === client[name]);
}

export interface CertifyPorts {
  readonly aws: () => Promise<Pick<NodeAws, 'region' | 'credentials'>>;
  readonly clock: Clock;
  readonly hostname: string;
  readonly version: string;
}

/** Without an answer within this time the identity is taken for not to be had; renewing tries again. */
const CREDENTIALS_WITHIN_MS = 30_000;

/** Makes the client certificates of tunnel services, with the identity that the node has at that moment. */
export function createCertify({ aws, clock, hostname, version }: CertifyPorts) {
  return async (client: TunnelSpec['client'], key: KeyObject): Promise<string> => {
    const iam = client.iam === undefined ? undefined : await identity(aws, client.region);
    return efsClientCertificate(
      {
        fileSystemId: client.fileSystem ?? '',
        accessPointId: client.accessPoint,
        iam,
        hostname,
        source: 'berth',
        version,
      },
      key,
      clock.now(),
    );
  };
}

async function identity(open: CertifyPorts['aws'], region: string | undefined) {
  const signal = AbortSignal.timeout(CREDENTIALS_WITHIN_MS);
  const aws = await open();
  return { region: region ?? (await aws.region(signal)), credentials: await aws.credentials(signal) };
}
