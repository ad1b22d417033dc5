import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { systemClock } from '../../src/async/clock.ts';
import {
  VolumeCapability_AccessMode_Mode as Mode,
  NodeDefinition,
  type NodePublishVolumeRequest,
} from '../../src/csi/gen/csi.ts';
import { type MountEntry, parseMountinfo } from '../../src/mount/mountinfo.ts';
import { createRunCommand } from '../../src/mount/run-command.ts';
import { cleanLustreMounts } from '../../src/sandbox/lustre/clean-lustre-mounts.ts';
import { installLustreMount } from '../../src/sandbox/lustre/install-lustre-mount.ts';
import { callPlugin } from '../../src/sandbox/node/plugins/call-plugin.ts';
import { bundleProgram } from './bundle-program.ts';
import { eventually } from './kubectl.ts';

/**
 * What happens when the plugin starts its n-th program, or when that has ended: the plugin is killed while the program
 * goes on, or the program waits until the caller has given up.
 */
export const nodeBlows = ['killed before', 'killed after', 'given up before', 'given up after'] as const;

export interface NodeCrashPoint {
  readonly step: number;
  readonly blow: (typeof nodeBlows)[number];
}

/** A simulated Lustre client and a node plugin in a process of its own that can be killed. */
export interface NodeWorld {
  /** For `setLustreFaults`. */
  readonly stateDir: string;
  readonly target: string;
  /** The simulated client's mount(8), uncounted. */
  readonly mountProgram: string;
  /** A new plugin, once it answers; it is struck at the point. An old one is killed first. */
  restart(point?: NodeCrashPoint): Promise<void>;
  /** kill -9; resolves when it has really ended. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  terminate(): Promise<number | null>;
  isDead(): boolean;
  /** The programs that were started since the last restart. */
  steps(): readonly string[];
  /** Resolves when the program at the point waits for the caller to give up. */
  waiting(signal: AbortSignal): Promise<void>;
  /** Lets it go on. */
  resume(): void;
  publish(subDir: string, options?: CallerOptions): Promise<unknown>;
  unpublish(options?: CallerOptions): Promise<unknown>;
  stats(options?: CallerOptions): Promise<unknown>;
  /** The file system's root on the side of the simulated servers. */
  readonly data: string;
  mountsAtTarget(): readonly MountEntry[];
  /** What of the plugin's own is left in the work directory. */
  scratch(): Promise<readonly string[]>;
  close(): Promise<void>;
}

interface CallerOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const MGS = '127.0.0.1';

export const sourceOf = (subDir: string) => `${MGS}@tcp:/lustrefs${subDir && `/${subDir}`}`;

/** The caller is in a mount namespace of its own, see `inOwnMountNamespace`. */
export async function openNodeWorld(): Promise<NodeWorld> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-node-'));
  const at = (name: string) => join(directory, name);
  for (const name of [`lustre/${MGS}/data`, 'steps', 'work', 'pods'])
    await mkdir(at(name), { recursive: true });
  await installLustreMount({ binDir: at('bin'), stateDir: directory, searchPath: process.env.PATH ?? '' });
  const path = [at('bin'), process.env.PATH].join(delimiter);
  await mkdir(at('steps/bin'));
  for (const name of ['mount', 'umount', 'realpath', 'mkdir', 'stat'])
    writeFileSync(at(`steps/bin/${name}`), stepScript(at('steps'), path), { mode: 0o755 });
  const mgs = createServer((socket) => socket.destroy()).listen(0, MGS);
  await once(mgs, 'listening');

  const program = await bundleProgram('node', directory);
  const socket = at('csi.sock');
  const args = [
    ...[program, 'node', '--endpoint', `unix://${socket}`, '--node-id', 'node-1'],
    ...['--working-mount-dir', at('work'), '--lnet-port', `${(mgs.address() as AddressInfo).port}`],
  ];
  let child: ChildProcess | undefined;
  const isDead = () => child === undefined || child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child === undefined || isDead()) return null;
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = await ended;
    return code;
  };
  const call = <Request, Response>(
    method: Parameters<typeof callPlugin<Request, Response>>[2],
    request: Request,
    { timeoutMs = 60_000, signal = new AbortController().signal }: CallerOptions = {},
  ) => callPlugin(socket, NodeDefinition, method, request, { timeoutMs, signal });
  const { methods } = NodeDefinition;
  const target = at('pods/mount');
  const volume = { volumeId: 'volume-1' };
  return {
    stateDir: directory,
    target,
    mountProgram: at('bin/mount'),
    restart: async (point) => {
      await end('SIGKILL');
      rmSync(at('steps/log'), { force: true });
      rmSync(at('steps/waiting'), { force: true });
      writeFileSync(at('steps/point'), point === undefined ? '0 never\n' : `${point.step} ${point.blow}\n`);
      const started = spawn(process.execPath, args, {
        env: { ...process.env, PATH: [at('steps/bin'), path].join(delimiter) },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      started.stderr.on('data', (text: Buffer) => appendFileSync(at('log'), text));
      child = started;
      await eventually(
        () => call(methods.nodeGetInfo, {}, { timeoutMs: 1_000 }).catch(() => undefined),
        (answer) => answer !== undefined,
      );
    },
    kill: async () => void (await end('SIGKILL')),
    terminate: () => end('SIGTERM'),
    isDead,
    steps: () =>
      existsSync(at('steps/log')) ? readFileSync(at('steps/log'), 'utf8').trim().split('\n') : [],
    waiting: async (signal) => {
      while (!signal.aborted && !existsSync(at('steps/waiting'))) await systemClock.sleep(10);
    },
    resume: () => {
      writeFileSync(at('steps/point'), '0 never\n');
      rmSync(at('steps/waiting'), { force: true });
    },
    data: at(`lustre/${MGS}/data`),
    publish: (subDir, options) => call(methods.nodePublishVolume, publishRequest(target, subDir), options),
    unpublish: (options) => call(methods.nodeUnpublishVolume, { ...volume, targetPath: target }, options),
    stats: (options) =>
      call(methods.nodeGetVolumeStats, { ...volume, volumePath: target, stagingTargetPath: '' }, options),
    mountsAtTarget: () =>
      parseMountinfo(readFileSync('/proc/self/mountinfo', 'utf8')).filter(
        ({ mountPoint }) => mountPoint === target,
      ),
    scratch: () => readdir(at('work')),
    close: async () => {
      await end('SIGKILL');
      mgs.close();
      await cleanLustreMounts(directory, createRunCommand());
      await rm(directory, { recursive: true });
    },
  };
}

function publishRequest(targetPath: string, subDir: string): NodePublishVolumeRequest {
  return {
    volumeId: 'volume-1',
    publishContext: {},
    stagingTargetPath: '',
    targetPath,
    volumeCapability: {
      accessType: { $case: 'mount', mount: { fsType: '', mountFlags: ['noatime'], volumeMountGroup: '' } },
      accessMode: { mode: Mode.MULTI_NODE_MULTI_WRITER },
    },
    readonly: false,
    secrets: {},
    volumeContext: { 'mgs-ip-address': MGS, ...(subDir && { 'sub-dir': subDir }) },
  };
}

/** Stands in the PATH for each program that the plugin starts: counts it, and strikes at the chosen one. */
function stepScript(directory: string, path: string): string {
  return `#!/bin/sh
PATH='${path}'
name=\${0##*/}
exec 9>>'${directory}/lock'
flock 9
echo "$name $*" >>'${directory}/log'
step=$(wc -l <'${directory}/log')
exec 9>&-
read -r at blow <'${directory}/point'
strike() {
  [ "$step" = "$at" ] || return 0
  [ "$blow" = "killed $1" ] && kill -9 "$PPID"
  [ "$blow" = "given up $1" ] || return 0
  : >'${directory}/waiting'
  while [ -e '${directory}/waiting' ]; do sleep 0.02; done
}
strike before
"$name" "$@"
code=$?
strike after
exit "$code"
`;
}
