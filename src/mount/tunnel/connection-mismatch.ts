import { isIPv4 } from 'node:net';
import type { MountedVolume } from '../../csi/driver.ts';
import type { NfsEndpoint } from './nfs-connections.ts';

/**
 * Why an NFS mount does not use the connection that its own options name, or undefined where it does. The kernel's NFS 4.1
 * client joins mounts of one server, as the server presents itself, into the connection of the first (RFC 8881 2.10.5, server
 * trunking), and then the first one's certificate holds for all.
 *
 * @param volumes as `readNfsVolumes` gives it
 */
export function connectionMismatch(
  { device, superOptions }: MountedVolume,
  volumes: ReadonlyMap<string, NfsEndpoint>,
): string | undefined {
  const own = { address: hexAddress(optionOf(superOptions, 'addr') ?? ''), port: mountedPort(superOptions) };
  const used = volumes.get(device);
  if (used === undefined) return 'the kernel does not tell by which connection it is mounted';
  if (used.address === own.address && used.port === own.port) return undefined;
  return `its connection goes to port ${used.port} instead of ${own.port}; the kernel's NFS client joins mounts whose servers present themselves as the same one, and it would run under the identity of that connection`;
}

/** The port in a mount's options; NFS' own is not shown. */
export function mountedPort(superOptions: readonly string[]): number {
  return Number(optionOf(superOptions, 'port') ?? 2049);
}

function optionOf(options: readonly string[], name: string): string | undefined {
  return options.find((option) => option.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** As /proc/fs/nfsfs prints addresses: hexadecimal without separators. */
export function hexAddress(address: string): string {
  if (isIPv4(address)) {
    return address
      .split('.')
      .map((byte) => Number(byte).toString(16).padStart(2, '0'))
      .join('');
  }
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => text.split(':').filter((group) => group !== '');
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join('');
}
