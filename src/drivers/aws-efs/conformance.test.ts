import { describe } from 'node:test';
import { createFakeClock } from '../../async/testing/fake-clock.ts';
import { type DriverUnderTest, driverConformance } from '../../csi/testing/driver-conformance.ts';
import { createFakeMounts } from '../../csi/testing/fake-mounts.ts';
import { silentLog } from '../../telemetry/log.ts';
import { throwFirst } from '../refusal.ts';
import { awsEfs } from './index.ts';
import { planMount } from './node/mount-plan.ts';
import { openShiftParameters } from './testing/efs-setup.ts';
import { createFakeEfs } from './testing/fake-efs.ts';

async function newDriver(): Promise<DriverUnderTest> {
  const clock = createFakeClock();
  const efs = createFakeEfs({ now: clock.now });
  return {
    driver: {
      name: awsEfs.name,
      version: '0.0.0',
      csiDriver: awsEfs.csiDriver,
      controller: await awsEfs.openController({
        clock,
        log: silentLog,
        azure: () => Promise.reject(new Error('not a cloud of this driver')),
        aws: async () => ({ region: 'eu-central-1', efs: () => efs }),
      }),
      // The plan without the tunnel, which has tests of its own.
      node: {
        plan(request) {
          const { plan, refusals } = planMount(request, 'efs-utils');
          throwFirst(refusals);
          if (plan === undefined) throw new Error('a refusal without a plan');
          return plan;
        },
      },
    },
    mounts: createFakeMounts(),
    clock,
    createRequest: {
      capacityRange: { requiredBytes: 5n * 2n ** 30n, limitBytes: 0n },
      parameters: { ...openShiftParameters },
    },
    conflicting: { parameters: { ...openShiftParameters, basePath: '/elsewhere' } },
  };
}

describe('an access point for each claim', () => {
  driverConformance({ newDriver });
});
