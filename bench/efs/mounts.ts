import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startTlsServer } from '../../src/mount/tunnel/testing/tls-server.ts';
import { content } from '../../src/sandbox/clouds/aws/content.ts';
import type { Figure } from '../figure.ts';
import { median } from '../median.ts';
import type { CallPlugin, Job } from '../plugins/client.ts';
import { installMountShim } from '../plugins/mount-shim.ts';
import { type Plugin, startPlugin } from '../plugins/plugin.ts';
import { type ProcessUsage, usageOf } from '../process-usage.ts';
import { efsDriver } from './efs-class.ts';

export interface MountBench {
  readonly bundles: string;
  /** On a mount that is private to this process. */
  readonly directory: string;
  readonly call: CallPlugin;
  readonly rounds: number;
  readonly mounts: number;
}

/** An access point for each volume, so that each has a certificate and a service of the tunnel. */
const volume = `efs:${content.fileSystemId}::fsap-%017x`;
const context = { mounttargetip: '127.0.0.1' };

/**
 * A node with encrypted mounts. Plugin, stunnel and its TLS connections are real; the mount target is a TLS server that
 * sends back what it gets, and `mount` mounts an empty file system, since the kernel's NFS would be no part of the figure.
 */
export async function measureMounts(bench: MountBench): Promise<readonly Figure[]> {
  const { region, fileSystemId } = content;
  const target = await startTlsServer(`${fileSystemId}.efs.${region}.amazonaws.com`);
  try {
    const bin = await installMountShim(bench.directory);
    const caFile = join(bench.directory, 'mount-target.crt');
    await writeFile(caFile, target.certificate);
    const start = (role: 'node' | 'minimal') => startNode(bench, role, { bin, caFile, port: target.port });
    return [...(await memory(bench, start)), ...(await publishAgain(bench, start))];
  } finally {
    await target.close();
  }
}

interface Node extends Plugin {
  readonly stateDir: string;
}

async function startNode(
  { bundles, directory: parent }: MountBench,
  role: 'node' | 'minimal',
  { bin, caFile, port }: { readonly bin: string; readonly caFile: string; readonly port: number },
): Promise<Node> {
  const directory = await mkdtemp(join(parent, `${role}-`));
  const stateDir = join(directory, 'state');
  await mkdir(join(directory, 'work'));
  const args = [
    ...['--driver', efsDriver, '--node-id', 'node-1'],
    ...['--health-port', '0', '--health-address', '127.0.0.1'],
    ...['--working-mount-dir', join(directory, 'work'), '--state-dir', stateDir],
    ...['--efs-ca-file', caFile, '--nfs-port', `${port}`],
  ];
  const env = { PATH: `${bin}:${process.env.PATH}`, AWS_REGION: content.region };
  const plugin = await startPlugin({ bundles, role, directory, args: role === 'node' ? args : [], env });
  return {
    ...plugin,
    stateDir,
    async stop() {
      // The tunnel outlives its plugin by design.
      const pid = await tunnelPid(stateDir);
      await plugin.stop();
      if (pid !== undefined) process.kill(pid);
    },
  };
}

type Start = (role: 'node' | 'minimal') => Promise<Node>;

async function tunnelPid(stateDir: string): Promise<number | undefined> {
  const text = await readFile(join(stateDir, 'efs-tunnel/stunnel.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { pid: number }).pid;
}

interface NodeMemory {
  readonly plugin: ProcessUsage;
  readonly tunnel: ProcessUsage;
}

/** With each mount's connection open, which is what a mount has of a tunnel. */
async function memoryWith(mounts: number, bench: MountBench, start: Start): Promise<NodeMemory> {
  const node = await start('node');
  const sockets: Socket[] = [];
  try {
    await bench.call(node.socket, { method: 'publish', calls: mounts, callers: 10, volume, context });
    const ports = await tunnelPorts(node.stateDir);
    if (ports.length !== mounts) throw new Error(`${mounts} mounts have ${ports.length} services`);
    for (const port of ports) sockets.push(await openConnection(port));
    await setTimeout(5000);
    const pid = await tunnelPid(node.stateDir);
    if (pid === undefined) throw new Error('there is no tunnel');
    return { plugin: await node.usage(), tunnel: await usageOf([pid]) };
  } finally {
    for (const socket of sockets) socket.destroy();
    await node.stop();
  }
}

async function tunnelPorts(stateDir: string): Promise<readonly number[]> {
  const config = await readFile(join(stateDir, 'efs-tunnel/stunnel.conf'), 'utf8');
  return [...config.matchAll(/^accept = 127\.0\.0\.1:(\d+)$/gm)].map(([, port]) => Number(port));
}

/** Through the tunnel to the mount target and back, with as much as an NFS request carries at most. */
async function openConnection(port: number): Promise<Socket> {
  const sent = Buffer.alloc(1024 * 1024);
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(sent);
  let received = 0;
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    received += (chunk as Buffer).length;
    if (received >= sent.length) break;
  }
  if (received < sent.length) throw new Error(`the tunnel at port ${port} closed the connection`);
  return socket;
}

async function memory(bench: MountBench, start: Start): Promise<readonly Figure[]> {
  const many: NodeMemory[] = [];
  const one: NodeMemory[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    one.push(await memoryWith(1, bench, start));
    many.push(await memoryWith(bench.mounts, bench, start));
  }
  const of = (figure: (memory: NodeMemory) => number) => ({
    value: median(many.map(figure)),
    beside: { what: 'with one mount', value: median(one.map(figure)) },
    unit: 'MiB',
  });
  const node = `node with ${bench.mounts} encrypted mounts`;
  return [
    {
      what: `${node}, plugin and tunnel, RSS`,
      ...of(({ plugin, tunnel }) => plugin.rssMiB + tunnel.rssMiB),
      budget: { of: 'value', atMost: 95 },
    },
    {
      what: `${node}, plugin and tunnel, anonymous`,
      ...of(({ plugin, tunnel }) => plugin.anonymousMiB + tunnel.anonymousMiB),
    },
    { what: 'of it the tunnel, RSS', ...of(({ tunnel }) => tunnel.rssMiB) },
    { what: 'of it the tunnel, anonymous', ...of(({ tunnel }) => tunnel.anonymousMiB) },
  ];
}

interface Repeated {
  readonly perSecond: number;
  readonly cpuMs: number;
}

async function publishAgain(bench: MountBench, start: Start): Promise<readonly Figure[]> {
  const [ours, minimal] = [await start('node'), await start('minimal')];
  const job: Job = { method: 'publish-again', calls: 10_000, volume, context };
  const repeat = async (node: Node): Promise<Repeated> => {
    const before = await node.usage();
    const { perSecond } = await bench.call(node.socket, job);
    return { perSecond, cpuMs: ((await node.usage()).cpuMs - before.cpuMs) / job.calls };
  };
  const rounds: (readonly [Repeated, Repeated])[] = [];
  try {
    // The first round is for warming up.
    for (let round = 0; round <= bench.rounds; round++)
      rounds.push([await repeat(ours), await repeat(minimal)]);
  } finally {
    await Promise.all([ours.stop(), minimal.stop()]);
  }
  const of = (figure: (repeated: Repeated) => number) => ({
    value: median(rounds.slice(1).map(([one]) => figure(one))),
    beside: { what: 'minimal server', value: median(rounds.slice(1).map(([, other]) => figure(other))) },
  });
  const what = 'repeated NodePublish of an encrypted mount, one caller';
  return [
    {
      what,
      unit: 'calls/s',
      ...of(({ perSecond }) => perSecond),
      budget: { of: 'value', atLeast: 3500 },
    },
    { what: `${what}, processor time`, unit: 'ms', ...of(({ cpuMs }) => cpuMs) },
  ];
}
