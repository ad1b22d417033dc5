import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Figure } from '../figure.ts';
import { median } from '../median.ts';
import type { Answered, CallPlugin, Job } from './client.ts';
import { installMountShim, mgs } from './mount-shim.ts';
import { type Plugin, startPlugin } from './plugin.ts';

export interface NodeBench {
  readonly bundles: string;
  /** On a mount that is private to this process. */
  readonly directory: string;
  readonly call: CallPlugin;
  readonly rounds: number;
  readonly idleSeconds: number;
}

const volume = (address: string) => ({ 'mgs-ip-address': address });

/** What the node plugin takes and gives, each figure beside a minimal server or a run without the load. */
export async function measureNode(bench: NodeBench): Promise<readonly Figure[]> {
  const gate = createServer((socket) => socket.destroy()).listen(0, '0.0.0.0');
  const bin = await installMountShim(bench.directory);
  const port = gate.address();
  const lnetPort = typeof port === 'object' && port !== null ? port.port : 0;
  const start = async (role: 'node' | 'minimal') => {
    const directory = await mkdtemp(join(bench.directory, `${role}-`));
    await mkdir(join(directory, 'work'));
    const args = [
      ...['--node-id', 'node-1', '--health-port', '0', '--health-address', '127.0.0.1'],
      ...['--lnet-port', `${lnetPort}`, '--working-mount-dir', join(directory, 'work')],
    ];
    const env = { PATH: `${bin}:${process.env.PATH}` };
    return startPlugin({ ...bench, role, directory, args: role === 'node' ? args : [], env });
  };
  try {
    return [
      ...(await startAndMemory(bench, start)),
      ...(await rates(bench, start)),
      ...(await otherMounts(bench, start)),
      ...(await callers(bench, start)),
      ...(await hang(bench, start)),
    ];
  } finally {
    gate.close();
  }
}

type Start = (role: 'node' | 'minimal') => Promise<Plugin>;

async function using<T>(start: Start, role: 'node' | 'minimal', work: (plugin: Plugin) => Promise<T>) {
  const plugin = await start(role);
  try {
    return await work(plugin);
  } finally {
    await plugin.stop();
  }
}

async function startAndMemory(bench: NodeBench, start: Start): Promise<readonly Figure[]> {
  const both = async (role: 'node' | 'minimal') => {
    const ready: number[] = [];
    for (let round = 0; round < bench.rounds + 1; round++)
      ready.push(await using(start, role, async ({ readyMs }) => readyMs));
    return using(start, role, async (plugin) => {
      await bench.call(plugin.socket, { method: 'publish-cycle', calls: 1, context: volume(mgs.quick) });
      await new Promise((resolve) => setTimeout(resolve, bench.idleSeconds * 1000));
      const idle = await plugin.usage();
      await bench.call(plugin.socket, { method: 'probe', calls: 20_000, callers: 4 });
      // The first start fills the compile cache, which the image brings along.
      return { ready: median(ready.slice(1)), idle, after: await plugin.usage() };
    });
  };
  const [ours, minimal] = [await both('node'), await both('minimal')];
  const beside = (value: number) => ({ what: 'minimal server', value });
  const idle = `node plugin idle, ${bench.idleSeconds} s after a publish`;
  return [
    {
      what: 'node plugin, start to ready',
      unit: 'ms',
      value: ours.ready,
      beside: beside(minimal.ready),
      budget: { of: 'value', atMost: 130 },
    },
    {
      what: `${idle}, RSS`,
      unit: 'MiB',
      value: ours.idle.rssMiB,
      beside: beside(minimal.idle.rssMiB),
      budget: { of: 'value', atMost: 64 },
    },
    {
      what: `${idle}, anonymous`,
      unit: 'MiB',
      value: ours.idle.anonymousMiB,
      beside: beside(minimal.idle.anonymousMiB),
      budget: { of: 'value', atMost: 17 },
    },
    {
      what: 'node plugin after 20,000 RPCs, RSS',
      unit: 'MiB',
      value: ours.after.rssMiB,
      beside: beside(minimal.after.rssMiB),
      budget: { of: 'value', atMost: 100 },
    },
  ];
}

const publishAgain = { method: 'publish-again', context: volume(mgs.quick) } as const;

async function rates(bench: NodeBench, start: Start): Promise<readonly Figure[]> {
  const jobs: readonly { what: string; job: Job; atLeast?: number }[] = [
    { what: 'Probe, one caller', job: { method: 'probe', calls: 10_000 } },
    { what: 'Probe, 16 callers', job: { method: 'probe', calls: 20_000, callers: 16 } },
    { what: 'Probe, a connection each', job: { method: 'probe', calls: 2_000, newConnection: true } },
    { what: 'repeated NodePublish, one caller', job: { ...publishAgain, calls: 10_000 }, atLeast: 3500 },
    {
      what: 'repeated NodePublish, 16 callers',
      job: { ...publishAgain, calls: 20_000, callers: 16 },
      atLeast: 7000,
    },
  ];
  const figures: Figure[] = [];
  for (const { what, job, atLeast } of jobs) {
    const [ours, minimal] = await inTurns(bench, start, job);
    figures.push({
      what: `${what} (p50 ${ours.p50Ms} ms, p99 ${ours.p99Ms} ms)`,
      unit: 'calls/s',
      value: ours.perSecond,
      beside: { what: 'minimal server', value: minimal.perSecond },
      ...(atLeast !== undefined && { budget: { of: 'value', atLeast } }),
    });
  }
  return figures;
}

/** Medians of the rounds, ours and the minimal server's; each process is warm and lives for all of them. */
async function inTurns(bench: NodeBench, start: Start, job: Job): Promise<readonly [Answered, Answered]> {
  return using(start, 'node', (ours) =>
    using(start, 'minimal', async (minimal) => {
      const answers: [Answered, Answered][] = [];
      for (let round = 0; round <= bench.rounds; round++)
        answers.push([await bench.call(ours.socket, job), await bench.call(minimal.socket, job)]);
      const warm = answers.slice(1);
      return [medians(warm.map(([one]) => one)), medians(warm.map(([, other]) => other))];
    }),
  );
}

function medians(answers: readonly Answered[]): Answered {
  const of = (figure: (answered: Answered) => number) => median(answers.map(figure));
  return {
    calls: of(({ calls }) => calls),
    perSecond: of(({ perSecond }) => perSecond),
    p50Ms: of(({ p50Ms }) => p50Ms),
    p99Ms: of(({ p99Ms }) => p99Ms),
    maxMs: of(({ maxMs }) => maxMs),
  };
}

const cycle = (calls: number, more: Partial<Job> = {}): Job => ({
  method: 'publish-cycle',
  calls,
  context: volume(mgs.quick),
  ...more,
});

/** Publish and unpublish with other mounts on the node, in turns with none. */
async function otherMounts(bench: NodeBench, start: Start): Promise<readonly Figure[]> {
  const crowd = join(bench.directory, 'crowd');
  const times = new Map<number, number[]>();
  await using(start, 'node', async (plugin) => {
    await bench.call(plugin.socket, cycle(20));
    for (let round = 0; round < bench.rounds; round++) {
      for (const count of [0, 1000, 5000]) {
        mountMany(crowd, count);
        const { p50Ms } = await bench.call(plugin.socket, cycle(50));
        times.set(count, [...(times.get(count) ?? []), p50Ms]);
        unmountMany(crowd);
      }
    }
  });
  const at = (count: number) => median(times.get(count) ?? []);
  return [1000, 5000].map((count) => ({
    what: `new NodePublish beside ${count.toLocaleString('en')} other mounts, p50`,
    unit: 'ms',
    value: at(count),
    beside: { what: 'beside none', value: at(0) },
    ...(count === 5000 && { budget: { of: 'ratio', atMost: 1.15 } as const }),
  }));
}

/** One shell, since a process for each would take minutes. */
function mountMany(directory: string, count: number): void {
  if (count === 0) return;
  const script = `mkdir -p "$0"; mount -n -t tmpfs crowd "$0"; cd "$0"
seq -f pods/%06g/volumes/kubernetes.io~csi/pv/mount "$1" | xargs mkdir -p
seq -f "crowd pods/%06g/volumes/kubernetes.io~csi/pv/mount tmpfs size=4k 0 0" "$1" | sed "s|crowd |crowd $0/|" >fstab
mount -n -a -T fstab`;
  const done = spawnSync('sh', ['-ec', script, directory, `${count}`], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`could not mount ${count}: ${done.stderr.slice(0, 500)}`);
}

function unmountMany(directory: string): void {
  spawnSync('umount', ['-R', directory]);
}

/** Ten callers beside one, with a mount helper that ends at once and with one that waits. */
async function callers(bench: NodeBench, start: Start): Promise<readonly Figure[]> {
  const rate = async (plugin: Plugin, callers: number, address: string) => {
    const job = cycle(address === mgs.slow ? 10 * callers : 20 * callers, {
      callers,
      context: volume(address),
    });
    return (await bench.call(plugin.socket, job)).perSecond;
  };
  return using(start, 'node', async (plugin) => {
    const figures: Figure[] = [];
    for (const [address, helper, atLeast] of [
      [mgs.quick, 'a mount helper that ends at once', 1.6],
      [mgs.slow, 'a mount helper that waits 50 ms', 5],
    ] as const) {
      const ones: number[] = [];
      const tens: number[] = [];
      for (let round = 0; round < bench.rounds; round++) {
        ones.push(await rate(plugin, 1, address));
        tens.push(await rate(plugin, 10, address));
      }
      figures.push({
        what: `publish and unpublish, ten callers, ${helper}`,
        unit: 'cycles/s',
        value: median(tens),
        beside: { what: 'one caller', value: median(ones) },
        budget: { of: 'ratio', atLeast },
      });
    }
    return figures;
  });
}

/** The slowest publish of others while one server hangs for five seconds. */
async function hang(bench: NodeBench, start: Start): Promise<readonly Figure[]> {
  return using(start, 'node', async (plugin) => {
    const quiet: Answered[] = [];
    const beside: Answered[] = [];
    for (let round = 0; round < bench.rounds; round++) {
      quiet.push(await bench.call(plugin.socket, cycle(100)));
      const hanging = bench.call(plugin.socket, cycle(1, { context: volume(mgs.hanging) }));
      beside.push(await bench.call(plugin.socket, cycle(100, { seconds: 4 })));
      await hanging;
    }
    const [with_, without] = [medians(beside), medians(quiet)];
    return [
      {
        what: 'publishes of others while one server hangs for 5 s, p50',
        unit: 'ms',
        value: with_.p50Ms,
        beside: { what: 'while none hangs', value: without.p50Ms },
        budget: { of: 'ratio', atMost: 1.5 },
      },
      {
        what: 'the slowest of them',
        unit: 'ms',
        value: with_.maxMs,
        beside: { what: 'while none hangs', value: without.maxMs },
      },
    ];
  });
}
