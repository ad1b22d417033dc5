import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { controlPlaneRefusal } from '../control-plane/open-control-plane.ts';
import { provisioningScenarios } from '../scenarios/provisioning-scenarios.ts';
import { eventually } from '../testing/kubectl.ts';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { csiResizer } from '../tools/tools.ts';
import { openSidecarWorld } from './sidecar-world.ts';
import { sidecarLog, sidecarRefusal, startCsiResizer } from './start-sidecars.ts';

/** A file system takes two seconds: long enough to be killed in the middle of it. */
const timeScale = 360;

suite('provisioning by csi-provisioner on Berth’s socket', {
  skip: controlPlaneRefusal() || sidecarRefusal(),
}, () => {
  const world = openedForSuite((t) => openSidecarWorld(t, { timeScale }));
  provisioningScenarios(world);

  test('csi-resizer has nothing to do for Azure Lustre, and ends saying what it asked in vain', async (t) => {
    const { cluster, socket } = world();
    const resizer = startCsiResizer(cluster, socket);
    t.after(() => resizer.stop());
    const log = sidecarLog(cluster, csiResizer);
    await eventually(
      () => readFile(log, 'utf8').catch(() => ''),
      (text) => text.includes('Failed to create CSI resizer') && text.includes('node capabilities'),
      15_000,
    );
  });
});
