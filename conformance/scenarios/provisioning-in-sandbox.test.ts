import { suite } from 'node:test';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { berthOwnScenarios, provisioningScenarios } from './provisioning-scenarios.ts';
import { openSandboxWorld } from './sandbox-world.ts';

suite('provisioning in the sandbox', () => {
  const world = openedForSuite((t) => openSandboxWorld(t, { timeScale: 360 }));
  provisioningScenarios(world);
  berthOwnScenarios(world);
});
