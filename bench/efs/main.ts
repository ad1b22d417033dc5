import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BuildOptions, build } from 'esbuild';
import { budgetTable } from '../budget.ts';
import { buildBundles } from '../build-bundles.ts';
import { budgetsOf, type Figure, figureTable } from '../figure.ts';
import { inMountNamespace } from '../in-mount-namespace.ts';
import { openClient } from '../plugins/client.ts';
import { surroundings } from '../surroundings.ts';
import { claimFigures } from './claim-figures.ts';
import { measureClaims } from './claims.ts';
import { createFigures } from './create-figures.ts';
import { measureMatrix } from './create-matrix.ts';
import { createRows, createTable } from './create-rows.ts';
import { measureMounts } from './mounts.ts';

const help = `npm run bench -- efs [--parts creates,mounts,claims] [--rounds 1] [--volumes 200] [--throttled-volumes 40]
  [--existing 0,1000,9000] [--mounts 50] [--claims 300] [--claims-existing 9000] [--output FILE.json]

Amazon EFS. creates: volumes made against a simulated EFS of 20 ms, in a process of its own, at different numbers of
access points and callers, beside a controller that allocates as upstream does. mounts: memory of a node with encrypted
mounts, and repeated NodePublish. claims: claims to Bound on a real control plane, which BERTH_CONFORMANCE=full npm test
builds. Needs root, Go and stunnel. A minute: --parts creates --volumes 40 --throttled-volumes 20`;

const { values: flags } = parseArgs({
  options: {
    parts: { type: 'string', default: 'creates,mounts,claims' },
    rounds: { type: 'string', default: '1' },
    volumes: { type: 'string', default: '200' },
    'throttled-volumes': { type: 'string', default: '40' },
    existing: { type: 'string', default: '0,1000,9000' },
    mounts: { type: 'string', default: '50' },
    claims: { type: 'string', default: '300' },
    'claims-existing': { type: 'string', default: '9000' },
    output: { type: 'string' },
    help: { type: 'boolean' },
  },
});

const parts = flags.parts.split(',');
const rounds = Number(flags.rounds);

async function main(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-bench-'));
  try {
    mountInMemory(directory);
    const bundles = buildBundles(directory);
    await buildBaseline(join(import.meta.dirname, 'naive-controller.ts'), join(bundles, 'naive.cjs'));
    await buildBaseline(
      join(import.meta.dirname, '../plugins/minimal-server.ts'),
      join(bundles, 'minimal.cjs'),
    );
    const call = await openClient(join(directory, 'pods'));
    await report({ bundles, directory, call, rounds });
  } finally {
    spawnSync('umount', ['-R', '-l', '-q', directory]);
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * In memory: the simulated EFS writes down each access point, and on a busy disk would wait for others. One call takes it
 * away with whatever was mounted below.
 */
function mountInMemory(directory: string): void {
  const { status } = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', directory], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`could not mount ${directory}`);
}

async function buildBaseline(entry: string, outfile: string): Promise<void> {
  const options: BuildOptions = { bundle: true, minify: true, platform: 'node', format: 'cjs' };
  await build({ ...options, entryPoints: [entry], outfile, logLevel: 'error' });
}

type Ground = Pick<Parameters<typeof measureMounts>[0], 'bundles' | 'directory' | 'call' | 'rounds'>;

async function report(ground: Ground): Promise<void> {
  const started = loadavg();
  const runs = parts.includes('creates')
    ? await measureMatrix({
        ...ground,
        volumes: Number(flags.volumes),
        throttledVolumes: Number(flags['throttled-volumes']),
        existing: flags.existing.split(',').map(Number),
      })
    : [];
  const rows = createRows(runs);
  const claims = parts.includes('claims')
    ? await measureClaims({
        ...ground,
        claims: Number(flags.claims),
        existing: Number(flags['claims-existing']),
      })
    : [];
  const figures: Figure[] = [
    ...(rows.length > 0 ? createFigures(rows) : []),
    ...(parts.includes('mounts') ? await measureMounts({ ...ground, mounts: Number(flags.mounts) }) : []),
    ...claimFigures(claims),
  ];
  const budgets = budgetsOf(figures);
  const tables = [
    ...(rows.length > 0 ? [createTable(rows)] : []),
    figureTable(figures),
    budgetTable(budgets),
  ];
  console.log(`medians of rounds: ${rounds}\n\n${tables.join('\n\n')}`);
  if (flags.output === undefined) return;
  const result = {
    ...(await surroundings()),
    loadBefore: started[0],
    rounds,
    budgets,
    figures,
    creates: rows,
  };
  await writeFile(flags.output, `${JSON.stringify(result, null, 2)}\n`);
}

if (flags.help) console.log(help);
else await inMountNamespace(main);
