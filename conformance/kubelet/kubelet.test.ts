import { suite } from 'node:test';
import { tutorialSteps } from '../kubectl/tutorial-steps.ts';
import { podScenarios } from '../scenarios/pod-scenarios.ts';
import { berthOwnScenarios, provisioningScenarios } from '../scenarios/provisioning-scenarios.ts';
import { restartScenarios } from '../scenarios/restart-scenarios.ts';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { buildImages } from './build-images.ts';
import { chartScenarios } from './chart-scenarios.ts';
import { kubeletScenarios } from './kubelet-scenarios.ts';
import { openKubeletWorld } from './kubelet-world.ts';
import { machineRefusal } from './machine-refusal.ts';
import { onOwnMachine } from './on-own-machine.ts';

/** A file system takes two seconds: long enough to be killed in the middle of it. */
const timeScale = 360;

onOwnMachine({
  file: import.meta.filename,
  refusal: machineRefusal(),
  timeoutMs: 540_000,
  prepare: buildImages,
  define: (directory, cgroup) =>
    suite('Berth on a real kubelet', () => {
      const world = openedForSuite((t) => openKubeletWorld(t, { directory, cgroup, timeScale }));
      tutorialSteps(world);
      kubeletScenarios(world);
      podScenarios(world);
      restartScenarios(world);
      provisioningScenarios(world);
      berthOwnScenarios(world);
      chartScenarios(world);
    }),
});
