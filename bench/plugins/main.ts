import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { budgetTable } from '../budget.ts';
import { buildBundles } from '../build-bundles.ts';
import { budgetsOf, figureTable } from '../figure.ts';
import { inMountNamespace } from '../in-mount-namespace.ts';
import { surroundings } from '../surroundings.ts';
import { openClient } from './client.ts';
import { measureNode } from './node.ts';

const help = `npm run bench -- plugins [--rounds 5] [--idle-seconds 60] [--output FILE.json]

What the node plugin takes to start and to hold, and how fast it answers a compiled client and mounts; beside each
figure a minimal server in the same language, or the same without the load, measured in the same run. Needs root and Go.`;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    'idle-seconds': { type: 'string', default: '60' },
    output: { type: 'string' },
    help: { type: 'boolean' },
  },
});

async function main(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-bench-'));
  try {
    const bundles = buildBundles(directory);
    const common = { bundle: true, minify: true, platform: 'node', format: 'cjs' } as const;
    const entry = join(import.meta.dirname, 'minimal-server.ts');
    await build({
      ...common,
      entryPoints: [entry],
      outfile: join(bundles, 'minimal.cjs'),
      logLevel: 'error',
    });
    const call = await openClient(join(directory, 'pods'));
    const rounds = Number(flags.rounds);
    const figures = await measureNode({
      bundles,
      directory,
      call,
      rounds,
      idleSeconds: Number(flags['idle-seconds']),
    });
    const budgets = budgetsOf(figures);
    console.log(`medians of ${rounds} rounds\n\n${figureTable(figures)}\n\n${budgetTable(budgets)}`);
    if (flags.output === undefined) return;
    const result = { ...(await surroundings()), rounds, budgets, figures };
    await writeFile(flags.output, `${JSON.stringify(result, null, 2)}\n`);
  } finally {
    spawnSync('umount', ['-R', '-q', directory]);
    await rm(directory, { recursive: true, force: true });
  }
}

if (flags.help) console.log(help);
else await inMountNamespace(main);
