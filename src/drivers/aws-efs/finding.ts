import { AwsError } from '../../cloud/aws/aws-error.ts';
import type { Call } from '../../csi/call.ts';
import { consistencyMs } from './access-point-ledger.ts';
import { withAws } from './aws-failure.ts';
import { type CreationContext, describeAccessPoint, volumeOf } from './creation.ts';
import type { EfsVolume } from './efs-volume.ts';
import type { Intent } from './intent.ts';

/**
 * The access point that was made for a volume, if the listing knows it by its token; then EFS is asked for its state.
 * What the listing does not know, the create itself meets.
 */
export async function findAccessPoint(
  intent: Intent,
  fileSystemIds: readonly string[],
  context: CreationContext,
  call: Call,
): Promise<EfsVolume | undefined> {
  const { access, now } = context;
  for (const fileSystemId of fileSystemIds) {
    const watch = access.watch(fileSystemId);
    if (!(await isListed(fileSystemId, context, call))) continue;
    const known = watch.ledger.byToken(intent.clientToken);
    if (known === undefined) continue;
    const found = await describeAccessPoint(access, known.accessPoint.id, call);
    if (found !== undefined) {
      watch.ledger.add(found, { now: now(), made: false });
      return volumeOf(found, intent, context);
    }
    // One of a moment ago may not show yet.
    if (known.madeAt !== undefined && now() - known.madeAt < consistencyMs)
      return volumeOf(known.accessPoint, intent, context);
    watch.removed(known.accessPoint.id);
  }
  return undefined;
}

/** False for a file system that is not there, which planning refuses in its own words. */
async function isListed(fileSystemId: string, { access }: CreationContext, call: Call): Promise<boolean> {
  try {
    await access.watch(fileSystemId).listed(call.signal);
    return true;
  } catch (error) {
    if (error instanceof AwsError && error.kind === 'file-system-not-found') return false;
    return await withAws(
      {
        doing: 'Failed to fetch Access Points or Describe File System',
        actions: ['elasticfilesystem:DescribeAccessPoints'],
      },
      () => Promise.reject(error),
    );
  }
}
