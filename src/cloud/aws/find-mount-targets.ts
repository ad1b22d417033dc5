import * as z from 'zod/mini';
import { AwsError } from './aws-error.ts';
import { dnsSuffix } from './aws-partition.ts';
import type { AwsCredentials } from './credentials.ts';
import type { SendHttp } from './http-request.ts';
import { canonicalQuery, signedHeaders } from './presign.ts';

/** Where a file system answers, as far as a node wants to know it. */
export interface NodeMountTarget {
  readonly address: string;
  /** As `eu-central-1a`; what it means differs between accounts. */
  readonly zone: string | undefined;
  /** As `euc1-az2`; the same in all accounts. */
  readonly zoneId: string | undefined;
}

export interface FindMountTargets {
  readonly fileSystemId: string;
  readonly region: string;
  /** An EFS endpoint of one's own; undefined: the region's. */
  readonly endpoint: string | undefined;
  readonly credentials: AwsCredentials;
  readonly now: number;
}

const answerWithinMs = 5_000;

const answerShape = z.object({
  MountTargets: z.array(
    z.object({
      IpAddress: z.optional(z.string()),
      Ipv6Address: z.optional(z.string()),
      AvailabilityZoneName: z.optional(z.string()),
      AvailabilityZoneId: z.optional(z.string()),
      LifeCycleState: z.string(),
    }),
  ),
});

/**
 * The file system's available mount targets by DescribeMountTargets, without AWS' SDK: a node asks for them only where DNS
 * does not know the file system. Throws AwsError of kind `unavailable`, `denied`, `file-system-not-found` or `aborted`.
 */
export async function findMountTargets(
  find: FindMountTargets,
  send: SendHttp,
  signal: AbortSignal,
): Promise<readonly NodeMountTarget[]> {
  const { region, credentials, fileSystemId } = find;
  const endpoint = new URL(find.endpoint ?? `https://elasticfilesystem.${region}.${dnsSuffix(region)}`);
  const path = '/2015-02-01/mount-targets';
  const query = { FileSystemId: fileSystemId };
  const time = new Date(find.now);
  const headers = signedHeaders(
    { host: endpoint.host, path, query, service: 'elasticfilesystem', region, time },
    credentials,
  );
  const url = `${endpoint.origin}${path}?${canonicalQuery(query)}`;
  const answer = await send({ method: 'GET', url, headers, timeoutMs: answerWithinMs }, signal).catch(
    (cause: unknown) => {
      signal.throwIfAborted();
      throw new AwsError('unavailable', `no answer from ${endpoint.host}`, { cause });
    },
  );
  if (answer.status !== 200) throw refused(answer.status, fileSystemId);
  const { MountTargets } = answerShape.parse(JSON.parse(answer.body));
  return MountTargets.filter(({ LifeCycleState }) => LifeCycleState === 'available').flatMap((target) => {
    const address = target.IpAddress ?? target.Ipv6Address;
    const { AvailabilityZoneName: zone, AvailabilityZoneId: zoneId } = target;
    return address === undefined ? [] : [{ address, zone, zoneId }];
  });
}

function refused(status: number, fileSystemId: string): AwsError {
  const kind = status === 404 ? 'file-system-not-found' : status === 403 ? 'denied' : 'unavailable';
  const words = {
    'file-system-not-found': `EFS knows no file system ${fileSystemId} in this account and region`,
    denied: "the node's identity may not call elasticfilesystem:DescribeMountTargets",
    unavailable: `EFS answered DescribeMountTargets with status ${status}`,
  };
  return new AwsError(kind, words[kind], { status });
}
