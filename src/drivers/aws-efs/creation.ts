import { AwsError } from '../../cloud/aws/aws-error.ts';
import type { AccessPoint, PosixUser } from '../../cloud/aws/efs-client.ts';
import type { Call } from '../../csi/call.ts';
import { CsiError } from '../../csi/errors.ts';
import { type Attempt, awsFailure, withAws } from './aws-failure.ts';
import type { EfsAccess } from './efs-access.ts';
import { accessPointVolume, type EfsVolume, type Placement } from './efs-volume.ts';
import type { FileSystemWatch } from './file-system-watch.ts';
import { accessPointRequest, type Plan } from './plan.ts';
import { isLateSharer } from './shared-gids.ts';

const describing = { actions: ['elasticfilesystem:DescribeAccessPoints'] };

/** What a creation works with besides the plan. */
export interface CreationContext {
  readonly access: EfsAccess;
  readonly now: () => number;
  readonly place: (fileSystemId: string) => Promise<Placement>;
  /** Whether this process alone is asked for volumes, so that one that came late can be told. */
  readonly alone: boolean;
  /** What a volume was asked for as, by access point; EFS keeps no sizes. */
  readonly sizes: Map<string, bigint>;
}

/** Why a file system did not take a volume, so that the next is tried. */
type NoRoom = { readonly noRoom: CsiError };

/**
 * Makes the access point in the first file system that takes it: one call of AWS. Whatever leaves this as an error
 * that is retried may have taken effect; the next try meets it by its client token.
 */
export async function createAccessPoint(
  plan: Plan,
  context: CreationContext,
  call: Call,
): Promise<EfsVolume> {
  const refusals: CsiError[] = [];
  for (const fileSystemId of plan.fileSystemIds) {
    const outcome = await createIn(fileSystemId, plan, context, call);
    if (!('noRoom' in outcome)) return outcome;
    refusals.push(outcome.noRoom);
    call.log.warn({ fileSystem: fileSystemId, err: outcome.noRoom }, 'this file system takes no volume');
  }
  const [only] = refusals;
  if (only !== undefined && refusals.length === 1) throw only;
  throw new CsiError('resource-exhausted', refusals.map(({ message }) => message).join('; '), {
    cause: only,
  });
}

async function createIn(
  fileSystemId: string,
  plan: Plan,
  context: CreationContext,
  call: Call,
): Promise<EfsVolume | NoRoom> {
  const { intent } = plan;
  const { access, now } = context;
  const watch = access.watch(fileSystemId);
  if (watch.isFull() && plan.fileSystemIds.length > 1)
    return noRoom(`file system ${fileSystemId} had no room for another access point a moment ago`);
  const placement = await context.place(fileSystemId);
  const user = await chooseUser(plan, watch, fileSystemId, call);
  if (user === undefined)
    return noRoom(
      `Failed to locate a free GID for given file system: ${fileSystemId}. Please create a new storage class with a new file-system`,
    );
  if ('noRoom' in user) return user;
  // A listing that was just taken may have shown it.
  const known = watch.ledger.byToken(intent.clientToken);
  if (known !== undefined) return await adopt(known.accessPoint.id, plan, context, call);
  try {
    const made = await access.efs.createAccessPoint(accessPointRequest(plan, fileSystemId, user), call);
    watch.ledger.add(made, { now: now(), made: true });
    context.sizes.set(made.id, intent.requiredBytes);
    return accessPointVolume(made, placement, intent.requiredBytes);
  } catch (error) {
    const kind = error instanceof AwsError ? error.kind : 'unexpected';
    if (kind === 'access-point-already-exists' && error instanceof AwsError)
      return await adopt(error.accessPointId, plan, context, call);
    if (kind === 'access-point-limit') watch.wasFull();
    const { ledger } = watch;
    if (refusedUnheard.has(kind)) ledger.giveBack(intent.clientToken);
    else ledger.doubt(intent.clientToken, now());
    return passOver(error, {
      doing: `Failed to create Access point in File System ${fileSystemId}`,
      actions: ['elasticfilesystem:CreateAccessPoint', 'elasticfilesystem:TagResource'],
    });
  }
}

/** @throws the failure as the caller is told it, unless it is one that another file system need not have. */
function passOver(error: unknown, attempt: Attempt): NoRoom {
  const failure = awsFailure(error, attempt);
  if (error instanceof AwsError && ofTheFileSystem.has(error.kind)) return { noRoom: failure };
  throw failure;
}

/** Answers that say of the request itself that it had no effect, whatever was tried before within it. */
const refusedUnheard: ReadonlySet<string> = new Set([
  'access-point-limit',
  'bad-request',
  'file-system-not-found',
  'incorrect-life-cycle-state',
]);

/** Answers that another file system need not give. */
const ofTheFileSystem: ReadonlySet<string> = new Set([
  'access-point-limit',
  'file-system-not-found',
  'incorrect-life-cycle-state',
]);

function noRoom(message: string): NoRoom {
  return { noRoom: new CsiError('resource-exhausted', message) };
}

/** As upstream, an id that the class leaves open is the allocated one, for user and group alike. */
async function chooseUser(
  { intent }: Plan,
  watch: FileSystemWatch,
  fileSystemId: string,
  call: Call,
): Promise<PosixUser | NoRoom | undefined> {
  const { uid, gid, range } = intent.ids;
  if (uid !== undefined && gid !== undefined) return { uid, gid };
  try {
    await watch.settled(call.signal);
  } catch (error) {
    const doing = `Failed to discover used GIDs for filesystem: ${fileSystemId}`;
    return passOver(error, { doing, ...describing });
  }
  const allocated = watch.ledger.take(intent.clientToken, range);
  return allocated === undefined ? undefined : { uid: uid ?? allocated, gid: gid ?? allocated };
}

/** The access point that was made with this volume's token before, in whichever file system. */
async function adopt(
  id: string | undefined,
  plan: Plan,
  context: CreationContext,
  call: Call,
): Promise<EfsVolume> {
  const { intent } = plan;
  const found = id === undefined ? undefined : await describeAccessPoint(context.access, id, call);
  if (found === undefined)
    throw new CsiError(
      'aborted',
      `the access point of volume ${intent.volumeName} exists (${id ?? 'its id is not told'}), but EFS does not show it yet`,
    );
  context.access.watch(found.fileSystemId).ledger.add(found, { now: context.now(), made: false });
  call.log.info({ accessPoint: found.id }, 'the access point was there already');
  return { ...(await volumeOf(found, plan.intent, context)), existed: true };
}

export function describeAccessPoint(
  { efs }: EfsAccess,
  id: string,
  call: Call,
): Promise<AccessPoint | undefined> {
  return withAws({ doing: `Could not get describe Access Point: ${id}`, ...describing }, () =>
    efs.describeAccessPoint(id, call),
  );
}

/** An access point that is there, as the volume it is; one that came late and shares its GID has to be made again. */
export async function volumeOf(
  found: AccessPoint,
  intent: Plan['intent'],
  context: CreationContext,
): Promise<EfsVolume> {
  const { ledger } = context.access.watch(found.fileSystemId);
  const size = context.sizes.get(found.id) ?? intent.requiredBytes;
  context.sizes.set(found.id, size);
  const volume = accessPointVolume(found, await context.place(found.fileSystemId), size);
  const known = ledger.byId(found.id);
  const allocated = intent.ids.gid === undefined && !intent.reuse;
  if (!context.alone || !allocated || known === undefined || !isLateSharer(ledger, known)) return volume;
  return {
    ...volume,
    state: 'failed',
    reason: `access point ${found.id} was made by another process and has GID ${found.posixUser?.gid}, which another volume has too`,
  };
}
