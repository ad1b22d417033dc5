import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { VolumeCapability_AccessMode_Mode as Mode, NodeDefinition } from '../../../src/csi/gen/csi.ts';
import { type MountEntry, parseMountinfo } from '../../../src/mount/mountinfo.ts';
import { isRunning, type ProcessRecord, signalProcess } from '../../../src/mount/process-record.ts';
import { callPlugin } from '../../../src/sandbox/node/plugins/call-plugin.ts';

export interface Volume {
  readonly handle: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly mountFlags?: readonly string[];
}

/** `berth node` as a process of the VM, and what a kubelet would ask of it. */
export interface NodePlugin {
  start(): Promise<void>;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  publish(volume: Volume, target: string, timeoutMs?: number): Promise<void>;
  unpublish(volume: Volume, target: string, timeoutMs?: number): Promise<void>;
  /** The one stunnel of the node, as the plugin has it on record. */
  stunnel(): ProcessRecord;
  log(): string;
}

export interface NodePluginOptions {
  readonly program: string;
  readonly caFile: string;
  readonly env: Readonly<Record<string, string>>;
}

const stateDir = '/run/berth-state';
const socket = '/run/berth-csi.sock';
const logFile = '/run/berth-node.log';

export function createNodePlugin({ program, caFile, env }: NodePluginOptions): NodePlugin {
  let child: ChildProcess | undefined;
  const call = <Request, Response>(
    method: Parameters<typeof callPlugin<Request, Response>>[2],
    request: Request,
    timeoutMs = 60_000,
  ) =>
    callPlugin(socket, NodeDefinition, method, request, { timeoutMs, signal: new AbortController().signal });
  const { methods } = NodeDefinition;

  return {
    async start() {
      const output = openSync(logFile, 'a');
      const flags = ['--driver', 'efs.csi.aws.com', '--endpoint', `unix://${socket}`, '--node-id', 'vm'];
      child = spawn(
        process.execPath,
        [program, 'node', ...flags, '--state-dir', stateDir, '--efs-ca-file', caFile, '--log-level', 'debug'],
        { stdio: ['ignore', output, output], env: { ...process.env, ...env } },
      );
      for (const end = Date.now() + 60_000; ; await setTimeout(100)) {
        const answer = await call(methods.nodeGetInfo, {}, 5_000).catch((error: unknown) => error);
        if (!(answer instanceof Error)) return;
        if (Date.now() > end || child.exitCode !== null)
          throw new Error(`the plugin does not answer: ${readFileSync(logFile, 'utf8')}`, { cause: answer });
      }
    },
    async kill() {
      if (child === undefined) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
    publish: async ({ handle, attributes = {}, mountFlags = [] }, targetPath, timeoutMs) => {
      await call(
        methods.nodePublishVolume,
        {
          volumeId: handle,
          publishContext: {},
          stagingTargetPath: '',
          targetPath,
          volumeCapability: {
            accessType: {
              $case: 'mount',
              mount: { fsType: '', mountFlags: [...mountFlags], volumeMountGroup: '' },
            },
            accessMode: { mode: Mode.MULTI_NODE_MULTI_WRITER },
          },
          readonly: false,
          secrets: {},
          volumeContext: { ...attributes },
        },
        timeoutMs,
      );
    },
    unpublish: async ({ handle }, targetPath, timeoutMs) => {
      await call(methods.nodeUnpublishVolume, { volumeId: handle, targetPath }, timeoutMs);
    },
    stunnel: () => JSON.parse(readFileSync(`${stateDir}/efs-tunnel/stunnel.json`, 'utf8')),
    log: () => readFileSync(logFile, 'utf8'),
  };
}

/** kill -9 of a recorded process; resolves when it is gone. */
export async function killRecorded(record: ProcessRecord): Promise<void> {
  signalProcess(record, 'SIGKILL');
  while (isRunning(record)) await setTimeout(20);
}

export function mountsAt(target: string): readonly MountEntry[] {
  return parseMountinfo(readFileSync('/proc/self/mountinfo', 'utf8')).filter(
    ({ mountPoint }) => mountPoint === target,
  );
}
