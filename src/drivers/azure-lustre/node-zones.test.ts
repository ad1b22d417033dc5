import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planFileSystem } from './controller/plan.ts';
import { readIntent } from './intent.ts';
import { nodeZones, zoneOf } from './node-zones.ts';
import { createRequest, tutorialWith } from './testing/requests.ts';

const at = (zone: string) => ({ 'topology.kubernetes.io/zone': zone });
const sku = { name: 'AMLFS-Durable-Premium-125', zones: ['1', '3'], incrementTiB: 16, maximumTiB: 128 };

function planOf(zone: string | undefined, accessibility: Parameters<typeof nodeZones>[0], zones = sku.zones) {
  const { intent, refusals } = readIntent(createRequest(tutorialWith({ zone }), { accessibility }));
  assert.deepEqual(refusals, []);
  assert.ok(intent.kind === 'dynamic');
  return planFileSystem(intent, {}, [{ ...sku, zones }]);
}

test('AKS’ and Azure’s names of zones are read, and a node in none says nothing', () => {
  assert.equal(zoneOf(at('eastus-2')), '2');
  assert.equal(zoneOf(at('3')), '3');
  assert.equal(zoneOf({ 'failure-domain.beta.kubernetes.io/zone': 'westeurope-1' }), '1');
  for (const none of [at('0'), at('eastus-0'), at('rack-a'), {}]) assert.equal(zoneOf(none), undefined);
  const both = { preferred: [at('eastus-3')], requisite: [at('eastus-1'), at('eastus-3')] };
  assert.deepEqual(nodeZones(both), ['3', '1']);
});

describe('the zone of a file system', () => {
  test('is that of the node where the class names none', () => {
    const { plan, refusals } = planOf(undefined, { preferred: [at('eastus-3')], requisite: [] });
    assert.equal(
      refusals.some(({ field }) => field === 'parameters.zone'),
      false,
    );
    assert.deepEqual(plan.body.zones, ['3']);
  });

  test('is the class’ own where it names one, for every node reaches every zone', () => {
    assert.deepEqual(planOf('1', { preferred: [at('eastus-3')], requisite: [] }).plan.body.zones, ['1']);
  });

  test('is the first that the SKU is offered in', () => {
    const accessibility = { preferred: [at('eastus-2')], requisite: [at('eastus-2'), at('eastus-3')] };
    assert.deepEqual(planOf(undefined, accessibility).plan.body.zones, ['3']);
  });

  test('is refused where the SKU is in none of them', () => {
    const { refusals } = planOf(undefined, { preferred: [at('eastus-2')], requisite: [] });
    const refusal = refusals.find(({ field }) => field === 'parameters.zone');
    assert.match(refusal?.fix ?? '', /the node is in zone 2/);
  });

  test('is none where the location has no zones', () => {
    const { plan, refusals } = planOf(undefined, { preferred: [at('0')], requisite: [] }, []);
    assert.equal(
      refusals.some(({ field }) => field === 'parameters.zone'),
      false,
    );
    assert.equal(plan.body.zones, undefined);
  });
});
