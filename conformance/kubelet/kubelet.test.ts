import { suite } from 'node:test';
import { tutorialSteps } from '../kubectl/tutorial-steps.ts';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { buildImages } from './build-images.ts';
import { kubeletScenarios } from './kubelet-scenarios.ts';
import { openKubeletWorld } from './kubelet-world.ts';
import { machineRefusal } from './machine-refusal.ts';
import { onOwnMachine } from './on-own-machine.ts';

/** A file system takes two seconds: long enough to be killed in the middle of it. */
const timeScale = 360;

onOwnMachine({
  file: import.meta.filename,
  refusal: machineRefusal(),
  timeoutMs: 400_000,
  prepare: buildImages,
  define: (directory, cgroup) =>
    suite('Berth on a real kubelet', () => {
      const world = openedForSuite((t) => openKubeletWorld(t, { directory, cgroup, timeScale }));
      kubeletScenarios(world);
      tutorialSteps(() => ({ kubectl: world().kubectl, mgsAddress: world().azure.mgsAddress }));
    }),
});
