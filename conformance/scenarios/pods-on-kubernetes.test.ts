import { suite } from 'node:test';
import { controlPlaneRefusal } from '../control-plane/open-control-plane.ts';
import { assetsDirectory } from '../testing/assets-directory.ts';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { mountRefusal } from '../testing/sandbox.ts';
import { findTool } from '../tools/find-tool.ts';
import { newestKubectl } from '../tools/tools.ts';
import { podScenarios } from './pod-scenarios.ts';
import { restartScenarios } from './restart-scenarios.ts';
import { openSandboxPodWorld } from './sandbox-pod-world.ts';

const kubectl = findTool(newestKubectl);
const skip = controlPlaneRefusal() || (mountRefusal() ?? ('missing' in kubectl && kubectl.missing));

suite('pods of the stand-in under a real control plane', { skip }, () => {
  const world = openedForSuite(async (t) =>
    openSandboxPodWorld(t, { timeScale: 360, assets: await assetsDirectory(t, 'all') }),
  );
  // Most of what they take is waiting.
  suite('beside each other', { concurrency: 5 }, () => podScenarios(world));
  restartScenarios(world);
});
