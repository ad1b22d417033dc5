import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { controlPlaneRefusal } from '../../conformance/control-plane/open-control-plane.ts';
import { sidecarRefusal } from '../../conformance/sidecars/start-sidecars.ts';
import { csiProvisioner, kubeApiserver } from '../../conformance/tools/tools.ts';
import { budgetTable } from '../budget.ts';
import { buildBundles } from '../build-bundles.ts';
import { surroundings } from '../surroundings.ts';
import { byDefault, inProcess, tuned } from './contestants.ts';
import { type Measured, measureRound } from './round.ts';
import { budgets, summarise, summaryTable } from './summary.ts';

const help = `npm run bench -- provisioning [--claims 300] [--rounds 5] [--default-rounds 5]
    [--settle-seconds 300] [--output FILE.json]

How fast claims of a static class become Bound on a real control plane, with what writes and what memory: Berth's
in-process provisioner beside csi-provisioner on Berth's socket, in turns. BERTH_CONFORMANCE=full npm test builds
what it needs. Default flags take csi-provisioner a minute for every 100 claims: its events go out last; it may take part
in fewer rounds, or in none.`;

const { values: flags } = parseArgs({
  options: {
    claims: { type: 'string', default: '300' },
    rounds: { type: 'string', default: '5' },
    'default-rounds': { type: 'string' },
    'settle-seconds': { type: 'string', default: '300' },
    output: { type: 'string' },
    help: { type: 'boolean' },
  },
});

const contestants = [inProcess, byDefault, tuned];

async function main(): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'berth-bench-'));
  try {
    const bundle = join(buildBundles(scratch), 'controller.cjs');
    await report(await measureAll({ bundle, compileCache: join(scratch, 'compile-cache') }));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

type Rounds = Record<string, (Measured & { readonly load: number })[]>;

/** In turns, so that a busy minute of the machine harms all of them. */
async function measureAll(paths: { bundle: string; compileCache: string }): Promise<Rounds> {
  const options = { ...paths, claims: Number(flags.claims), settleSeconds: Number(flags['settle-seconds']) };
  // Unmeasured: fills the compile cache, which the image brings along.
  await measureRound({ ...options, contestant: inProcess, claims: 1 });
  const rounds: Rounds = {};
  for (let round = 1; round <= Number(flags.rounds); round++) {
    for (const contestant of contestants) {
      if (contestant === byDefault && round > Number(flags['default-rounds'] ?? flags.rounds)) continue;
      const [load = 0] = loadavg();
      const measured = await measureRound({ ...options, contestant });
      rounds[contestant.name] = [...(rounds[contestant.name] ?? []), { ...measured, load }];
      console.error(
        `round ${round}, load ${load.toFixed(1)}: ${contestant.name}: ${measured.claimsPerSecond.toFixed(1)} claims/s`,
      );
    }
  }
  return rounds;
}

async function report(rounds: Rounds): Promise<void> {
  const summaries = Object.fromEntries(
    Object.entries(rounds).map(([name, measured]) => [name, summarise(measured)]),
  );
  const [ours, defaults, best] = contestants.map(({ name }) => summaries[name]);
  if (ours === undefined || best === undefined) throw new Error('nothing was measured');
  const held = budgets(ours, best, defaults);
  console.log(`${flags.claims} claims, medians of ${flags.rounds} rounds\n`);
  console.log(`${summaryTable(summaries)}\n`);
  console.log(budgetTable(held));
  if (flags.output === undefined) return;
  const versions = { kubernetes: kubeApiserver.version, 'csi-provisioner': csiProvisioner.version };
  const result = {
    ...(await surroundings(versions)),
    claims: Number(flags.claims),
    summaries,
    budgets: held,
    rounds,
  };
  await writeFile(flags.output, `${JSON.stringify(result, null, 2)}\n`);
}

const rootRefusal =
  process.geteuid?.() !== 0 && 'needs root, to give the controller the file system of a pod';
const refusal = rootRefusal || controlPlaneRefusal() || sidecarRefusal();
if (flags.help) console.log(help);
else if (refusal) {
  console.error(`bench: ${refusal}`);
  process.exitCode = 3;
} else await main();
