import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/async/clock.ts';
import { kubeconfigConfig } from '../src/kube/kubeconfig.ts';
import { openKubeClient } from '../src/kube/open-kube-client.ts';
import type { FullSandboxInfo } from '../src/sandbox/state/run-file.ts';
import { apiCluster } from './api-cluster.ts';
import { openCloudView } from './cloud-view.ts';
import { amazonEfs } from './efs-scene.ts';
import { openEfsView } from './efs-view.ts';
import { findKubectl } from './find-kubectl.ts';
import { kubectlCluster } from './kubectl-cluster.ts';
import { dynamicProvisioning, type Stage, staticProvisioning } from './scenes.ts';
import { openScreen } from './screen.ts';
import { watchClaim } from './watch-claim.ts';

/** Twelve minutes at the sandbox's 60 times real speed. */
const CREATION_MS = 12_000;

const { values: flags } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });
const screen = openScreen(process.stdout, process.env);
const root = join(import.meta.dirname, '..');
process.chdir(root);

const berth = (...args: string[]) => {
  const done = spawnSync(process.execPath, [...process.execArgv, join(root, 'src/cli/main.ts'), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (done.status !== 0)
    throw new Error(`berth ${args.slice(0, 2).join(' ')} ended with exit code ${done.status}`);
  return done.stdout;
};

const stateDir = await mkdtemp(join(tmpdir(), 'berth-demo-'));
const stop = () => berth('sandbox', 'stop', '--purge', '--state-dir', stateDir);
for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  // The sandbox is detached, so it would outlive an interrupted demo.
  process.once(signal, () => {
    screen.endProgress();
    screen.say('Interrupted: the sandbox is stopped and removed.');
    stop();
    process.exit(exitCode);
  });
}
const started = systemClock.now();
let failed = false;
try {
  screen.heading('A sandbox: Kubernetes’ storage behaviour, a simulated Azure and AWS, on this machine');
  screen.command(`berth sandbox start --detach --state-dir ${stateDir}`);
  const info: FullSandboxInfo = JSON.parse(
    berth('sandbox', 'start', '--detach', '--state-dir', stateDir, '-o', 'json'),
  );
  const { isolation } = JSON.parse(berth('sandbox', 'status', '--state-dir', stateDir, '-o', 'json'));
  if (isolation === 'user-namespace') screen.say('Without root: it mounts in a user namespace of its own.');
  if (isolation === 'none')
    screen.say('This machine allows no mounts at all: claims are provisioned, pods are not run.');
  screen.command(`export KUBECONFIG=${info.kubeconfig}`);

  const apiServer = await kubeconfigConfig({ path: info.kubeconfig, clock: systemClock });
  const client = openKubeClient(apiServer);
  const kubectl = findKubectl(process.env);
  if ('missing' in kubectl) screen.say(`${kubectl.missing}: the same API calls are made without it.`);
  const ca = await readFile(info.caFile, 'utf8');
  const stage: Stage = {
    info,
    isolation,
    screen,
    cluster:
      'program' in kubectl
        ? kubectlCluster({
            program: kubectl.program,
            kubeconfig: info.kubeconfig,
            screen,
            clock: systemClock,
          })
        : apiCluster({ client, cluster: apiServer, screen, clock: systemClock }),
    cloud: openCloudView(info.clouds.azure, ca, systemClock),
    efs: openEfsView(info.clouds.aws, ca, systemClock),
    watchClaim: watchClaim({ client, screen, clock: systemClock, usualMs: CREATION_MS }),
  };
  await dynamicProvisioning(stage);
  await staticProvisioning(stage);
  await amazonEfs(stage);
} catch (error) {
  failed = true;
  screen.say(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
}

const seconds = Math.round((systemClock.now() - started) / 1000);
const outcome = failed ? `Failed after ${seconds} s` : `Done in ${seconds} s`;
if (flags.keep) {
  screen.heading(`${outcome}; the sandbox is still running`);
  screen.command(`export KUBECONFIG=${join(stateDir, 'kubeconfig')}`);
  screen.say(`To end it: npx berth sandbox stop --purge --state-dir ${stateDir}`);
} else {
  screen.command(`berth sandbox stop --purge --state-dir ${stateDir}`);
  screen.output(stop());
  screen.heading(outcome);
}
process.exitCode = failed ? 1 : 0;
