import { createFakeClock } from '../../async/testing/fake-clock.ts';
import type { Driver } from '../driver.ts';
import { type DriverUnderTest, driverConformance } from './driver-conformance.ts';
import { createFakeMounts, memoryMounter } from './fake-mounts.ts';
import { createMemoryBackend } from './memory-backend.ts';

const GiB = 2n ** 30n;

/** The smallest driver there is. It keeps the suite honest: what fails here is wrong in the suite or in the edge. */
function newDriver(expandable: boolean): DriverUnderTest {
  const clock = createFakeClock();
  const driver: Driver = {
    name: 'memory.csi.example.com',
    version: '1.0.0',
    csiDriver: {
      attachRequired: false,
      podInfoOnMount: false,
      fsGroupPolicy: 'None',
      volumeLifecycleModes: ['Persistent'],
    },
    controller: createMemoryBackend({ clock, createMs: 60_000, expandable }),
    node: memoryMounter,
  };
  return {
    driver,
    mounts: createFakeMounts(),
    clock,
    createRequest: {
      capacityRange: { requiredBytes: GiB, limitBytes: 2n * GiB },
      parameters: { color: 'red' },
    },
    conflicting: { parameters: { color: 'blue' } },
  };
}

driverConformance({ newDriver: () => newDriver(false) });
driverConformance({ newDriver: () => newDriver(true), faces: ['controller'] });
