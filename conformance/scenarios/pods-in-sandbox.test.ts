import { suite } from 'node:test';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { mountRefusal } from '../testing/sandbox.ts';
import { findTool } from '../tools/find-tool.ts';
import { newestKubectl } from '../tools/tools.ts';
import { podScenarios } from './pod-scenarios.ts';
import { restartScenarios } from './restart-scenarios.ts';
import { openSandboxPodWorld } from './sandbox-pod-world.ts';

const kubectl = findTool(newestKubectl);
const skip = mountRefusal() ?? ('missing' in kubectl && kubectl.missing);

suite('pods in the sandbox', { skip }, () => {
  const world = openedForSuite((t) => openSandboxPodWorld(t, { timeScale: 360 }));
  // Most of what they take is waiting.
  suite('beside each other', { concurrency: 5 }, () => podScenarios(world));
  restartScenarios(world);
});
