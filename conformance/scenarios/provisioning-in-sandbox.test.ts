import { suite } from 'node:test';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { provisioningScenarios } from './provisioning-scenarios.ts';
import { openSandboxWorld } from './sandbox-world.ts';

suite('provisioning in the sandbox', () => {
  provisioningScenarios(openedForSuite((t) => openSandboxWorld(t, { timeScale: 360 })));
});
