import { mkdtemp } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { startCsiProvisioner, upstreamProvisionerFlags } from '../../conformance/sidecars/start-sidecars.ts';
import { nodeFlags } from '../../deploy/image/node-flags.ts';
import { systemClock } from '../../src/async/clock.ts';
import { supervise } from '../../src/sandbox/processes/supervisor.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { nodeOptions } from '../node-options.ts';
import {
  type Contestant,
  inProcessOf,
  sidecarUser,
  socketOf,
  tunedFlags,
} from '../provisioning/contestants.ts';
import { measureRound } from '../provisioning/round.ts';
import { allCalls } from './call-counts.ts';
import type { ClaimRow } from './claim-figures.ts';
import { efsClass, efsDriver } from './efs-class.ts';
import { newGids } from './gid-range.ts';
import { startSimulatedEfs } from './simulated-efs.ts';

export interface ClaimBench {
  readonly bundles: string;
  readonly directory: string;
  readonly rounds: number;
  readonly claims: number;
  readonly existing: number;
}

const LATENCY_MS = 20;
const SETTLE_SECONDS = 60;

type Cloud = Readonly<Record<string, string>>;
type OpenContestant = (bench: ClaimBench, cloud: Cloud) => Contestant;

const inProcess: OpenContestant = (_bench, cloud) => inProcessOf(efsDriver, cloud);

/** As upstream is run by who tunes it: csi-provisioner, and a controller that lists before each create. */
const naive: OpenContestant = ({ bundles }, cloud) => ({
  name: 'csi-provisioner, tuned, and naive',
  user: sidecarUser,
  start: async (ground) => [
    supervise(
      {
        name: 'naive',
        program: process.execPath,
        args: [...nodeFlags.controller, join(bundles, 'naive.cjs'), socketOf(ground)],
        env: { ...cloud, PATH: process.env.PATH, NODE_OPTIONS: nodeOptions('controller') },
        logFile: join(ground.cluster.logs, 'naive.log'),
      },
      { clock: systemClock, log: silentLog, onStart: () => {} },
    ),
    startCsiProvisioner(ground.cluster, socketOf(ground), [...upstreamProvisionerFlags, ...tunedFlags]),
  ],
});

/** Claims posted at once on a real control plane, in turns: ours in process, and the baseline under csi-provisioner. */
export async function measureClaims(bench: ClaimBench): Promise<readonly ClaimRow[]> {
  const rows: ClaimRow[] = [];
  for (let round = 1; round <= bench.rounds; round++)
    for (const open of [inProcess, naive]) {
      const row = await measureOne(bench, open);
      console.error(
        `round ${round}, load ${row.load.toFixed(1)}: ${row.name}, ${row.existing} there: ${row.claimsPerSecond.toFixed(1)} claims/s`,
      );
      rows.push(row);
    }
  return rows;
}

async function measureOne(bench: ClaimBench, open: OpenContestant): Promise<ClaimRow> {
  const { bundles, claims, existing } = bench;
  const [load = 0] = loadavg();
  const efs = await startSimulatedEfs(join(await mkdtemp(join(bench.directory, 'claims-')), 'aws'), existing);
  try {
    await efs.order({ latencyMs: LATENCY_MS });
    const contestant = open(bench, efs.env);
    const known = efs.gids();
    const measured = await measureRound({
      ...{ contestant, claims, createClass: efsClass, settleSeconds: SETTLE_SECONDS },
      bundle: join(bundles, 'controller.cjs'),
      compileCache: join(bundles, 'compile-cache'),
    });
    const gids = efs.gids();
    const volumes = gids.size - known.size;
    return {
      ...{ name: contestant.name, existing, load, volumes },
      claimsPerSecond: measured.claimsPerSecond,
      callsPerVolume: allCalls(await efs.order({ latencyMs: 0 })) / volumes,
      differentGids: newGids(known, gids),
      cpuMsPerVolume: measured.cpuMsPerVolume,
      rssMiB: measured.after.rssMiB,
    };
  } finally {
    await efs.stop();
  }
}
