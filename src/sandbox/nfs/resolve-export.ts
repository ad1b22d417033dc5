import type { EfsExports } from '../clouds/aws/efs/efs-exports.ts';

/** What a client asks of a mount target: in its certificate where it comes by TLS, and as the path of its mount. */
export interface MountRequest {
  readonly fileSystemId: string;
  readonly accessPointId: string | undefined;
  /** From the file system's root, or the access point's. */
  readonly path: string;
}

export type ResolvedExport =
  | {
      readonly dataDirectory: string;
      /** Below it, absolute. */
      readonly path: string;
      /** The access point's, made at the first mount where the access point says how. */
      readonly create:
        | { readonly path: string; readonly uid: number; readonly gid: number; readonly mode: number }
        | undefined;
    }
  /** In the words of mount.nfs4, behind its name. */
  | { readonly refused: string };

const denied = { refused: 'access denied by server' } as const;
const missing = { refused: 'No such file or directory' } as const;

/** Pure. What a mount target of EFS would show to a client, or why it would turn it away. */
export function resolveExport(request: MountRequest, exports: EfsExports): ResolvedExport {
  const served = exports.all().find(({ fileSystemId }) => fileSystemId === request.fileSystemId);
  if (served === undefined) return denied;
  const names = request.path.split('/').filter((name) => name !== '');
  if (names.some((name) => name === '..' || name === '.')) return missing;
  const { dataDirectory } = served;
  const below = (root: string) =>
    `/${[...root.split('/').filter((name) => name !== ''), ...names].join('/')}`;
  if (request.accessPointId === undefined) return { dataDirectory, path: below('/'), create: undefined };

  const point = exports.accessPoint(request.accessPointId);
  if (point === undefined || point.fileSystemId !== request.fileSystemId) return denied;
  const { path, creationInfo } = point.rootDirectory;
  const create = creationInfo && {
    path,
    uid: creationInfo.ownerUid,
    gid: creationInfo.ownerGid,
    mode: Number.parseInt(creationInfo.permissions, 8),
  };
  return { dataDirectory, path: below(path), create };
}
