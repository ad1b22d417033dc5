import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeInitramfs } from './initramfs.ts';
import { guestKernel } from './vm-lacks.ts';

export interface VmOptions {
  /** Run as root in the VM; every path of this machine is there too, writable but forgotten afterwards. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The VM is ended after it. */
  readonly timeoutMs: number;
  readonly memoryMib?: number;
}

export interface VmResult {
  /** The command's, or undefined where it did not come to its end. */
  readonly exitCode: number | undefined;
  /** What the command wrote to standard output and error. */
  readonly output: string;
  /** What the kernel and the guest's start wrote: for a VM that does not come up. */
  readonly console: string;
  /** A text file that the command wrote to the directory in its environment's VM_OUT. */
  file(name: string): Promise<string>;
  /** Removes what is left of the VM; afterwards `file` has nothing to read. */
  remove(): Promise<void>;
}

/**
 * Runs one command in a VM with Debian's kernel, for what this machine's own kernel cannot do. The VM's root is this
 * machine's root file system, read-only under a layer of memory; it has a loopback interface and no other, so nothing can
 * leave it. The emulation is in software and about ten times slower than the machine. See `vmLacks` for what it takes.
 */
export async function runInVm(options: VmOptions): Promise<VmResult> {
  const kernel = guestKernel();
  if (kernel === undefined) throw new Error('no kernel for the VM');
  const out = await mkdtemp(join(tmpdir(), 'berth-vm-'));
  const file = (name: string) => readFile(join(out, name), 'utf8');
  const textOf = (name: string) => file(name).catch(() => '');
  try {
    await makeInitramfs(kernel, join(out, 'initramfs'));
    await copyFile(join(import.meta.dirname, 'guest-main.sh'), join(out, 'guest-main.sh'));
    await writeFile(join(out, 'command'), commandText(options));
    await boot(kernel, out, options);
  } catch (error) {
    await rm(out, { recursive: true, force: true });
    throw error;
  }
  const exitCode = Number.parseInt(await textOf('exit-code'), 10);
  return {
    exitCode: Number.isNaN(exitCode) ? undefined : exitCode,
    output: await textOf('output'),
    console: await textOf('console'),
    file,
    remove: () => rm(out, { recursive: true, force: true }),
  };
}

async function boot(kernel: string, out: string, { timeoutMs, memoryMib = 2048 }: VmOptions): Promise<void> {
  const share = (path: string, tag: string, more: string) => [
    '-virtfs',
    `local,path=${path},mount_tag=${tag},security_model=none,${more}`,
  ];
  const qemu = spawn(
    'qemu-system-x86_64',
    [
      // Never KVM: where it is offered within another VM it may hang.
      ...['-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', String(memoryMib)],
      ...['-nodefaults', '-no-reboot', '-display', 'none', '-nic', 'none'],
      ...['-serial', `file:${join(out, 'console')}`],
      ...['-object', 'rng-random,id=random,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=random'],
      ...['-kernel', `/boot/vmlinuz-${kernel}`, '-initrd', join(out, 'initramfs')],
      ...['-append', 'console=ttyS0 quiet panic=5 random.trust_cpu=on mitigations=off'],
      ...share('/', 'host', 'readonly=on,multidevs=remap'),
      ...share(out, 'out', 'multidevs=remap'),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let complaints = '';
  qemu.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaints += chunk;
  });
  const limit = setTimeout(() => qemu.kill('SIGKILL'), timeoutMs);
  const kill = () => qemu.kill('SIGKILL');
  process.once('exit', kill);
  try {
    const [code] = await once(qemu, 'exit');
    if (code !== 0 && code !== null) throw new Error(`qemu ended with code ${code}: ${complaints}`);
  } finally {
    clearTimeout(limit);
    process.off('exit', kill);
  }
}

function commandText({ command, env = {} }: VmOptions): string {
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const variables = Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}\n`);
  return `${variables.join('')}exec ${command.map(quote).join(' ')}\n`;
}
