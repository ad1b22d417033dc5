import { AwsError, type AwsErrorKind } from '../../../cloud/aws/aws-error.ts';
import type {
  AccessPoint,
  AwsCall,
  CreateAccessPointRequest,
  EfsClient,
  FileSystem,
  MountTarget,
} from '../../../cloud/aws/efs-client.ts';

type Method = keyof EfsClient;

/** What goes wrong with one call: before it takes effect, or after, when only the answer is lost. */
export interface Fault {
  readonly kind: AwsErrorKind;
  readonly when: 'before' | 'after';
}

export interface FakeEfsOptions {
  readonly now: () => number;
  /** How long after its create an access point shows in listings and by its id; 0 where absent. */
  readonly visibleAfterMs?: number;
  /** For each file system; 10,000 where absent. */
  readonly quota?: number;
  readonly fileSystemIds?: readonly string[];
  /** Asked at every call. */
  readonly fault?: (method: Method) => Fault | undefined;
  /** How long an answer takes; at once where absent. */
  readonly latency?: (method: Method, call: AwsCall) => Promise<void>;
}

/** Amazon EFS in memory: tokens per account, pages of 1,000, a quota, lag, faults. */
export interface FakeEfs extends EfsClient {
  readonly accessPoints: Map<string, AccessPoint>;
  readonly fileSystems: Map<string, FileSystem>;
  readonly mountTargets: MountTarget[];
  /** Every call in order. */
  readonly calls: Method[];
  /** The next call of `method` fails so. */
  failNext(method: Method, fault: Fault): void;
}

const pageSize = 1000;

export function createFakeEfs(options: FakeEfsOptions): FakeEfs {
  const { now, visibleAfterMs = 0, quota = 10_000, fileSystemIds = ['fs-00000001', 'fs-00000002'] } = options;
  const accessPoints = new Map<string, AccessPoint>();
  const byToken = new Map<string, string>();
  const shownFrom = new Map<string, number>();
  const counts = new Map<string, number>();
  const calls: Method[] = [];
  const next = new Map<Method, Fault[]>();
  const fileSystems = new Map<string, FileSystem>(
    fileSystemIds.map((id) => [id, { id, state: 'available', tags: {} }]),
  );
  const mountTargets: MountTarget[] = [];
  let made = 0;

  const answer = async <T>(method: Method, call: AwsCall, effect: () => T): Promise<T> => {
    call.signal.throwIfAborted();
    calls.push(method);
    const fault = next.get(method)?.shift() ?? options.fault?.(method);
    await options.latency?.(method, call);
    if (fault?.when === 'before') throw new AwsError(fault.kind, `injected into ${method}`);
    const result = effect();
    if (fault !== undefined) throw new AwsError(fault.kind, `injected into the answer of ${method}`);
    return result;
  };
  const shows = ({ id }: AccessPoint) => (shownFrom.get(id) ?? 0) <= now();
  const known = (id: string) => {
    if (!fileSystems.has(id))
      throw new AwsError('file-system-not-found', `File system '${id}' does not exist.`);
  };
  const create = (request: CreateAccessPointRequest): AccessPoint => {
    const { clientToken, fileSystemId } = request;
    known(fileSystemId);
    const existing = byToken.get(clientToken);
    if (existing !== undefined)
      throw new AwsError('access-point-already-exists', 'it exists already', { accessPointId: existing });
    const count = counts.get(fileSystemId) ?? 0;
    if (count >= quota) throw new AwsError('access-point-limit', `File system '${fileSystemId}' is full`);
    const id = `fsap-${(++made).toString(16).padStart(17, '0')}`;
    const { posixUser, rootDirectory, tags } = request;
    const accessPoint: AccessPoint = {
      id,
      fileSystemId,
      clientToken,
      state: 'available',
      ...(posixUser !== undefined && { posixUser }),
      rootDirectory,
      tags,
    };
    accessPoints.set(id, accessPoint);
    byToken.set(clientToken, id);
    shownFrom.set(id, now() + visibleAfterMs);
    counts.set(fileSystemId, count + 1);
    return accessPoint;
  };
  const remove = (id: string) => {
    const found = accessPoints.get(id);
    if (found === undefined) return;
    accessPoints.delete(id);
    byToken.delete(found.clientToken);
    counts.set(found.fileSystemId, (counts.get(found.fileSystemId) ?? 1) - 1);
  };

  return {
    accessPoints,
    fileSystems,
    mountTargets,
    calls,
    failNext: (method, fault) => void next.set(method, [...(next.get(method) ?? []), fault]),
    createAccessPoint: (request, call) => answer('createAccessPoint', call, () => create(request)),
    describeAccessPoint: (id, call) =>
      answer('describeAccessPoint', call, () => {
        const found = accessPoints.get(id);
        return found && shows(found) ? found : undefined;
      }),
    async *listAccessPoints(fileSystemId, call) {
      let page: AccessPoint[] = [];
      known(fileSystemId);
      for (const accessPoint of [...accessPoints.values()]) {
        if (accessPoint.fileSystemId !== fileSystemId || !shows(accessPoint)) continue;
        page.push(accessPoint);
        if (page.length < pageSize) continue;
        yield await answer('listAccessPoints', call, () => page);
        page = [];
      }
      yield await answer('listAccessPoints', call, () => page);
    },
    deleteAccessPoint: (id, call) => answer('deleteAccessPoint', call, () => remove(id)),
    describeFileSystem: (id, call) => answer('describeFileSystem', call, () => fileSystems.get(id)),
    listMountTargets: (fileSystemId, call) =>
      answer('listMountTargets', call, () =>
        mountTargets.filter((target) => target.fileSystemId === fileSystemId),
      ),
    tagResource: (id, tags, call) =>
      answer('tagResource', call, () => {
        const found = accessPoints.get(id);
        if (found !== undefined) accessPoints.set(id, { ...found, tags: { ...found.tags, ...tags } });
      }),
  };
}
