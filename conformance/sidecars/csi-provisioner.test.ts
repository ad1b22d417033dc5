import { suite, test } from 'node:test';
import { persistentVolumeClaims } from '../../src/kube/resources.ts';
import { controlPlaneRefusal } from '../control-plane/open-control-plane.ts';
import { provisioningScenarios } from '../scenarios/provisioning-scenarios.ts';
import { steps } from '../scenarios/provisioning-world.ts';
import { eventually } from '../testing/kubectl.ts';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { openSidecarWorld } from './sidecar-world.ts';
import { sidecarRefusal, startCsiResizer } from './start-sidecars.ts';

/** A file system takes two seconds: long enough to be killed in the middle of it. */
const timeScale = 360;

suite('provisioning by csi-provisioner on Berth’s socket', {
  skip: controlPlaneRefusal() || sidecarRefusal(),
}, () => {
  const world = openedForSuite((t) => openSidecarWorld(t, { timeScale }));
  provisioningScenarios(world);

  test('csi-resizer grows a file system by an expansion job', async (t) => {
    const { cluster, socket, client } = world();
    const resizer = startCsiResizer(cluster, socket);
    t.after(() => resizer.stop());
    const step = steps(world);
    const storageClass = await step.storageClass({ allowVolumeExpansion: true });
    const resources = { requests: { storage: '16Ti' } };
    const claim = await step.claim(await step.namespace(), storageClass, { resources });
    await step.bound(claim);
    const larger = { spec: { resources: { requests: { storage: '32Ti' } } } };
    await client.patch(persistentVolumeClaims, claim, { type: 'merge', body: larger });
    await eventually(
      async () => (await client.get(persistentVolumeClaims, claim)).status?.capacity?.storage,
      (capacity) => capacity === '32Ti',
      60_000,
    );
    await step.remove(claim);
    await step.gone(claim);
  });
});
