import { readFileSync } from 'node:fs';
import { errnoOf } from '../errno.ts';

/** One end of a connection of the kernel's NFS client: hexadecimal as the kernel prints it, and the port. */
export interface NfsEndpoint {
  readonly address: string;
  readonly port: number;
}

/** 127.0.0.1 as /proc/fs/nfsfs has it. */
export const loopbackHex = '7f000001';

/** What the NFS client of this network namespace is connected to. Memory of the kernel only, so it cannot hang. */
export function readNfsServers(): NfsEndpoint[] {
  return parseServers(textOf('/proc/fs/nfsfs/servers'));
}

/** The connection that a mount really uses, by its device number as mountinfo shows it, `0:45`. */
export function readNfsVolumes(): Map<string, NfsEndpoint> {
  return parseVolumes(textOf('/proc/fs/nfsfs/volumes'));
}

/** Lines as `v4 7f000001 4e51   2 127.0.0.1`: version, address, port, use count, name. */
export function parseServers(text: string): NfsEndpoint[] {
  return [...text.matchAll(/^v\d+ +([0-9a-f]+) +([0-9a-f]{1,4}) /gm)].map(([, address = '', port = '']) => ({
    address,
    port: Number.parseInt(port, 16),
  }));
}

/** Lines as `v4 7f000001 4e51 0:45          0:0               no`: version, address, port, device, file system, cache. */
export function parseVolumes(text: string): Map<string, NfsEndpoint> {
  return new Map(
    [...text.matchAll(/^v\d+ +([0-9a-f]+) +([0-9a-f]{1,4}) +(\d+:\d+) /gm)].map(
      ([, address = '', port = '', device = '']) => [device, { address, port: Number.parseInt(port, 16) }],
    ),
  );
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  }
}
