import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'node:test';
import { createFakeClock } from '../../async/testing/fake-clock.ts';
import { type DriverUnderTest, driverConformance } from '../../csi/testing/driver-conformance.ts';
import { createFakeMounts } from '../../csi/testing/fake-mounts.ts';
import { directoriesInProcess } from '../../directories/testing/directories-in-process.ts';
import { openTestWorkplace } from '../../directories/testing/test-workplace.ts';
import { silentLog } from '../../telemetry/log.ts';
import { tebibyte } from '../../units/bytes.ts';
import { azureLustre } from './index.ts';
import { createLustreMounter } from './node/node.ts';
import { createFakeAmlFilesystems } from './testing/fake-aml-filesystems.ts';
import { createFakeLustreClient } from './testing/fake-lustre-client.ts';
import { tutorialParameters } from './testing/requests.ts';

interface Class {
  readonly parameters: Record<string, string>;
  readonly conflicting: DriverUnderTest['conflicting'];
}

async function newDriver({ parameters, conflicting }: Class): Promise<DriverUnderTest> {
  const clock = createFakeClock();
  const directory = mkdtempSync(join(tmpdir(), 'berth-conformance-'));
  const config = { subscriptionId: 'sub', resourceGroup: 'rg' };
  const filesystems = createFakeAmlFilesystems({ looks: 3 });
  const place = openTestWorkplace();
  return {
    driver: {
      name: azureLustre.name,
      version: '0.0.0',
      csiDriver: azureLustre.csiDriver,
      controller: await azureLustre.openController({
        clock,
        log: silentLog,
        azure: async () => ({ config, filesystems }),
        aws: () => Promise.reject(new Error('not a cloud of this driver')),
        directories: directoriesInProcess(() => place),
      }),
      node: createLustreMounter({
        clock,
        log: silentLog,
        run: createFakeLustreClient(directory).run,
        dial: async () => {},
        lnetPort: 988,
        workDir: directory,
        readText: () => undefined,
      }),
    },
    mounts: createFakeMounts(),
    clock,
    createRequest: {
      capacityRange: { requiredBytes: 16n * tebibyte, limitBytes: 16n * tebibyte },
      parameters,
    },
    conflicting,
    close: async () => {
      rmSync(directory, { recursive: true, force: true });
      place.close();
    },
  };
}

const dynamic: Class = {
  parameters: { ...tutorialParameters },
  conflicting: { parameters: { ...tutorialParameters, zone: '2' } },
};

const shared: Class = {
  parameters: { 'mgs-ip-address': '10.0.0.4', 'sub-dir': 'shared/data' },
  conflicting: { parameters: { 'mgs-ip-address': '10.0.0.5' } },
};

const directory: Class = {
  parameters: { 'provisioning-mode': 'directory', 'mgs-ip-address': '10.0.0.4', 'on-delete': 'delete' },
  conflicting: {
    parameters: { 'provisioning-mode': 'directory', 'mgs-ip-address': '10.0.0.4', 'on-delete': 'archive' },
  },
};

describe('a directory for each claim', () => {
  driverConformance({ newDriver: () => newDriver(directory) });
});

describe('a file system for each claim', () => {
  driverConformance({ newDriver: () => newDriver(dynamic) });
});

describe('a sub-directory of a file system that exists', () => {
  driverConformance({
    newDriver: () => newDriver(shared),
    skip: {
      'the same name with another wish is ALREADY_EXISTS and leaves the volume as it is':
        'a static volume leaves no trace that a second request could be held against',
    },
  });
});
