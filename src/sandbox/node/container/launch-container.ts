import { spawn } from 'node:child_process';
import { mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { recordOf } from '../../../mount/process-record.ts';
import { containerScript } from './container-script.ts';
import type { ShimOrder } from './container-shim.ts';
import type { ContainerSpec } from './container-spec.ts';
import { writeContainerState } from './container-state.ts';

/** The program and first arguments that run a shim from the sources; a bundle names its own. */
export const sourceShim: readonly string[] = [
  process.execPath,
  fileURLToPath(new URL('./container-shim-main.ts', import.meta.url)),
];

export interface LaunchOptions {
  /** Holds what belongs to this container; its state is written there. */
  readonly directory: string;
  /** How many times it was started before, in this pod. */
  readonly attempt: number;
  readonly spec: ContainerSpec;
  readonly logFile: string;
  readonly maxLogBytes: number;
  readonly shim: readonly string[];
  /** Called at every change of the state, and when the shim has ended. */
  readonly onChange: () => void;
}

/** Starts a container; it goes on when this process ends. What comes of it is in `readContainerState`. */
export function launchContainer(options: LaunchOptions): void {
  const { directory, attempt, spec, logFile, maxLogBytes, onChange } = options;
  for (const path of [dirname(logFile), spec.rootDir]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const scriptFile = join(directory, 'start.sh');
  const orderFile = join(directory, 'order.json');
  writeFileSync(scriptFile, containerScript(spec), { mode: 0o600 });
  const order: ShimOrder = { attempt, scriptFile, logFile, maxLogBytes };
  writeFileSync(orderFile, JSON.stringify(order), { mode: 0o600 });
  const [program = '', ...args] = options.shim;
  const child = spawn(program, [...args, orderFile], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    cwd: '/',
  });
  const notices = child.stdio[3] as Socket | undefined;
  notices?.on('data', onChange);
  notices?.on('error', () => {});
  notices?.unref();
  child.on('error', onChange);
  child.on('close', onChange);
  child.unref();
  const shim = child.pid === undefined ? undefined : recordOf(child.pid);
  // Until the shim speaks for itself, so that nobody takes the container for one that is still to be started.
  if (shim !== undefined)
    writeContainerState(directory, { attempt, phase: 'starting', shim, mountNamespace: ownMountNamespace() });
}

export function ownMountNamespace(): string {
  return readlinkSync('/proc/self/ns/mnt');
}
