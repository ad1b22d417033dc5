import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const programs: Readonly<Record<string, string>> = {
  'qemu-system-x86_64': 'qemu-system-x86',
  cpio: 'cpio',
  modprobe: 'kmod',
};

/** Debian's newest kernel on this machine that the VM can boot, by its version. */
export function guestKernel(): string | undefined {
  const versions = existsSync('/lib/modules') ? readdirSync('/lib/modules') : [];
  return versions
    .filter((version) => existsSync(`/boot/vmlinuz-${version}`))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .at(-1);
}

/** Why no VM can be run here and which packages would help, or undefined where one can. `needed`: programs and packages. */
export function vmLacks(needed: Readonly<Record<string, string>> = {}): string | undefined {
  if (process.arch !== 'x64') return 'the VM is an x86-64 one';
  if (process.getuid?.() !== 0)
    return "the VM's root file system is this machine's, which only root can read";
  const missing = Object.entries({ ...programs, ...needed })
    .filter(
      ([program]) =>
        spawnSync('sh', ['-c', `command -v ${program}`], { env: { PATH: searchPath } }).status !== 0,
    )
    .map(([, name]) => name);
  if (guestKernel() === undefined) missing.push('linux-image-amd64');
  if (!existsSync(busybox)) missing.push('busybox-static');
  return missing.length === 0 ? undefined : `install the packages ${missing.join(' ')}`;
}

export const busybox = '/bin/busybox';
const searchPath = [process.env.PATH, '/usr/sbin', '/sbin', '/usr/bin', '/bin'].join(':');

/** Where the kernel keeps the modules of a version. */
export const moduleDirectory = (version: string) => join('/lib/modules', version, 'kernel');
