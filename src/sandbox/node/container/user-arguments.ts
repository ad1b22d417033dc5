import type { ContainerSpec } from './container-spec.ts';

/** What container runtimes leave a container by default, without mknod: a device node would reach the machine's disks. */
const capabilities = [
  'chown',
  'dac_override',
  'fowner',
  'fsetid',
  'kill',
  'setgid',
  'setuid',
  'setpcap',
  'net_bind_service',
  'net_raw',
  'sys_chroot',
  'audit_write',
  'setfcap',
];

/** setpriv(1) and its arguments that give a command the container's user and no more rights than a container has. */
export function userArguments({ user, privileged }: Pick<ContainerSpec, 'user' | 'privileged'>): string[] {
  const args: string[] = [];
  if (!privileged)
    args.push('--inh-caps=-all', `--bounding-set=-all,${capabilities.map((one) => `+${one}`).join(',')}`);
  if (user.uid !== undefined) args.push(`--reuid=${user.uid}`);
  if (user.gid !== undefined || user.uid !== undefined) args.push(`--regid=${user.gid ?? 0}`);
  if (user.groups.length > 0) args.push(`--groups=${user.groups.join(',')}`);
  else if (args.some((arg) => arg.startsWith('--re'))) args.push('--clear-groups');
  return args.length === 0 ? [] : ['setpriv', ...args, '--'];
}
