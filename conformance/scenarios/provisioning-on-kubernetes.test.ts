import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { controlPlaneRefusal } from '../control-plane/open-control-plane.ts';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { controllerRules, controllerUser, unusedRights } from './controller-role.ts';
import { berthOwnScenarios, provisioningScenarios } from './provisioning-scenarios.ts';
import { openRealWorld } from './real-world.ts';

/** A file system takes two seconds: long enough to be killed in the middle of it. */
const timeScale = 360;

suite('provisioning on a real control plane', { skip: controlPlaneRefusal() }, () => {
  const world = openedForSuite((t) => openRealWorld(t, { timeScale }));
  provisioningScenarios(world);
  berthOwnScenarios(world);

  test('needed each of its rights, and no other', async () => {
    const lines = (await readFile(world().cluster.auditLog, 'utf8')).trimEnd().split('\n');
    const own = lines
      .map((line) => JSON.parse(line))
      .filter(({ user }) => user.username === controllerUser.name);
    const refused = own.filter(({ responseStatus }) => responseStatus?.code === 403);
    assert.deepEqual(
      refused.map(rightOf).filter((right, i, all) => all.indexOf(right) === i),
      [],
    );
    const used = new Set(own.map(rightOf));
    const granted = controllerRules.flatMap(({ resources, verbs }) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)),
    );
    assert.deepEqual(
      granted.filter((right) => !used.has(right)),
      unusedRights,
    );
  });
});

interface AuditEntry {
  readonly verb: string;
  readonly objectRef?: { readonly resource: string; readonly subresource?: string };
}

function rightOf({ verb, objectRef }: AuditEntry): string {
  const { resource, subresource } = objectRef ?? { resource: 'nothing' };
  return `${verb} ${resource}${subresource ? `/${subresource}` : ''}`;
}
