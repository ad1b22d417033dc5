import { join } from 'node:path';
import { suite } from 'node:test';
import { systemClock } from '../../src/async/clock.ts';
import { kubeconfigConfig } from '../../src/kube/kubeconfig.ts';
import { openKubeClient } from '../../src/kube/open-kube-client.ts';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { startSandbox } from '../testing/sandbox.ts';
import { openControllerReplicas } from './controller-replicas.ts';
import { failoverScenario } from './failover-scenario.ts';

const two = { timeScale: 360, replicas: ['controller-0', 'controller-1'] };

suite('two controllers in the sandbox', () => {
  const world = openedForSuite(async (t) => {
    const { info, stateDir } = await startSandbox(t, ['--without', 'clouds', '--without', 'node']);
    const { kubeconfig } = info;
    const client = openKubeClient(await kubeconfigConfig({ path: kubeconfig, clock: systemClock }));
    const cluster = { directory: stateDir, kubeconfig, logs: join(stateDir, 'logs') };
    return { ...(await openControllerReplicas(t, cluster, two)), client };
  });
  failoverScenario(world);
});
