import { spawnSync } from 'node:child_process';

/**
 * How a sandbox may mount: `root` in the caller's mount namespace, `user-namespace` in one of its own where the user is
 * root, `none` where the machine allows neither: then there is no node and pods stay Pending.
 */
export const isolations = ['root', 'user-namespace', 'none'] as const;
export type Isolation = (typeof isolations)[number];

/** Arguments of unshare(1) for a user namespace whose mounts end with its last process. */
export const userNamespaceArguments = [
  '--user',
  '--map-root-user',
  '--mount',
  '--propagation',
  'private',
  '--',
];

/** Tries each in turn by running true(1) in it, since a container's root may lack CAP_SYS_ADMIN. */
export function possibleIsolation(): Isolation {
  const works = (args: readonly string[]) =>
    spawnSync('unshare', [...args, 'true'], { stdio: 'ignore' }).status === 0;
  if (process.geteuid?.() === 0 && works(['--mount', '--'])) return 'root';
  return works(userNamespaceArguments) ? 'user-namespace' : 'none';
}

export function describeIsolation(isolation: Isolation): string {
  switch (isolation) {
    case 'root':
      return 'mounts are real, in this mount namespace';
    case 'user-namespace':
      return 'mounts are real, in a user namespace of the sandbox: only its own processes see them';
    case 'none':
      return 'this machine allows neither mounting as root nor user namespaces (unshare failed): claims are provisioned, but there is no node, and pods stay Pending';
  }
}
