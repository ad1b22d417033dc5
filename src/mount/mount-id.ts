import { closeSync, constants, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from './errno.ts';

/** open(2) with it gives a name for the path and opens nothing; Linux' value on every architecture that Node runs on. */
const O_PATH = 0o10000000;

/** A mount as the path that leads to it sees it. Numbers are used again after an unmount. */
export interface MountIdentity {
  readonly id: number;
  /** Inode of the opened directory; undefined on kernels before 5.14. */
  readonly inode: string | undefined;
}

export type MountAtPath =
  | { readonly type: 'nothing' }
  | { readonly type: 'mount'; readonly identity: MountIdentity }
  /** The mount is there and answers nothing but this error. */
  | { readonly type: 'broken'; readonly errno: string };

/** Errors by which a dead mount answers even the naming of its root. */
const deadMountErrors = new Set(['ENOTCONN', 'ESTALE', 'EIO', 'EHOSTDOWN', 'ENODEV']);

/**
 * File systems that ask their server when a path ends at their root (`d_weak_revalidate` in the kernel), so that naming
 * it may hang with the server; `efs` is NFS by its helper's name. All others, Lustre, SMB and FUSE among them, are named from memory.
 */
export const asksServerForRoot = (fsType: string): boolean => ['nfs', 'nfs4', 'efs', '9p'].includes(fsType);

/**
 * Whether something is mounted exactly at `path`, in some 50 us whatever the number of mounts, bind mounts included. The
 * path must have no symbolic link. Not for a path that may be a mount of a type that `asksServerForRoot`. Where what is
 * `known` to have been mounted there still is, the directory above need not be looked at.
 */
export function mountAtPath(path: string, known?: MountIdentity): MountAtPath {
  try {
    const identity = mountIdentity(path);
    if (isSame(identity, known)) return { type: 'mount', identity };
    return identity.id === mountIdentity(dirname(path)).id
      ? { type: 'nothing' }
      : { type: 'mount', identity };
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT') return { type: 'nothing' };
    if (errno !== undefined && deadMountErrors.has(errno)) return { type: 'broken', errno };
    throw error;
  }
}

export function isSame(one: MountIdentity, other: MountIdentity | undefined): boolean {
  return other !== undefined && one.id === other.id && one.inode === other.inode;
}

function mountIdentity(path: string): MountIdentity {
  const fd = openSync(path, O_PATH | constants.O_NOFOLLOW);
  try {
    const info = readSmall(`/proc/self/fdinfo/${fd}`);
    const id = /^mnt_id:\s*(\d+)$/m.exec(info)?.[1];
    if (id === undefined) throw new Error(`/proc/self/fdinfo shows no mnt_id for ${path}`);
    return { id: Number(id), inode: /^ino:\s*(\d+)$/m.exec(info)?.[1] };
  } finally {
    closeSync(fd);
  }
}

/** More than any fdinfo of a directory; the buffer is used by one synchronous read after the other. */
const small = Buffer.alloc(1024);

/** A file of /proc, without what `readFileSync` does to learn a size that these files do not have. */
function readSmall(path: string): string {
  const fd = openSync(path, 'r');
  try {
    return small.toString('latin1', 0, readSync(fd, small));
  } finally {
    closeSync(fd);
  }
}
