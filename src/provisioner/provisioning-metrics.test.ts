import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CsiError } from '../csi/errors.ts';
import { openMetrics } from '../telemetry/metrics.ts';
import { createWorld } from './testing/provisioner-world.ts';

test('what was made, deleted and failed is counted under the names that dashboards know', async (context) => {
  const world = createWorld(context);
  const metrics = await openMetrics();
  let failures = 1;
  world.controller.faults.beforeCreate = async () => {
    if (failures-- > 0) throw new CsiError('internal', 'no');
    await world.clock.sleep(40_000);
  };
  world.start({ metrics });
  world.addClaim();
  await world.settle(60_000);
  await world.settle();
  await world.removeClaim();
  await world.settle();
  const { body } = await metrics.exposition();
  for (const line of [
    'controller_persistentvolumeclaim_provision_total{class="fast",source=""} 1',
    'controller_persistentvolumeclaim_provision_failed_total{class="fast",source=""} 1',
    'controller_persistentvolumeclaim_provision_duration_seconds_sum{class="fast",source=""} 40',
    'controller_persistentvolume_delete_total{class="fast"} 1',
  ])
    assert(body.split('\n').includes(line), `${line}\n${body}`);
});
