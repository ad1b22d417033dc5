import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../src/async/clock.ts';
import { openAws } from '../../src/cloud/aws/open-aws.ts';
import type { VolumeBackend } from '../../src/csi/driver.ts';
import { CsiError, retryableCodes } from '../../src/csi/errors.ts';
import { createIdempotently } from '../../src/csi/idempotent-create.ts';
import { noProgress } from '../../src/csi/progress.ts';
import { awsEfs } from '../../src/drivers/aws-efs/index.ts';
import type { Tenure } from '../../src/drivers/driver-module.ts';
import { content, crossAccountRole } from '../../src/sandbox/clouds/aws/content.ts';
import type { AwsCloudOptions } from '../../src/sandbox/clouds/aws/start-aws-cloud.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { noMetrics } from '../../src/telemetry/metrics.ts';
import { startAws } from '../aws-sdk/start-aws.ts';

/** The in-memory EFS of the driver's own tests has 10,000; here each goes by HTTPS through AWS' SDK. */
const volumes = process.env.BERTH_CONFORMANCE === 'full' ? 1000 : 300;

const call = {
  signal: new AbortController().signal,
  deadline: undefined,
  log: silentLog,
  progress: noProgress,
};
const nameOf = (index: number) => `pvc-00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
const parameters = {
  provisioningMode: 'efs-ap',
  fileSystemId: content.fileSystemId,
  directoryPerms: '700',
  basePath: '/dynamic_provisioning',
};

async function setUp(t: TestContext, options: Partial<AwsCloudOptions> = {}) {
  const { cloud, env } = await startAws(t, options);
  const stop = new AbortController();
  t.after(() => stop.abort());
  const open = () =>
    openAws({
      env,
      userAgent: 'berth/test',
      clock: systemClock,
      random: Math.random,
      metrics: noMetrics,
      log: silentLog,
    });
  const newController = async (tenure: Tenure) => {
    const aws = await open();
    return awsEfs.openController({
      clock: systemClock,
      log: silentLog,
      azure: () => Promise.reject(new Error('not a cloud of this driver')),
      aws: async () => aws,
      tenure: () => tenure,
      stopped: stop.signal,
    });
  };
  const listAll = async () => {
    const points = [];
    for await (const page of (await open()).efs().listAccessPoints(content.fileSystemId, call))
      points.push(...page);
    return points;
  };
  return { cloud, newController, listAll };
}

/** As a provisioner does: again, for as long as the answer is one that is retried. */
async function provision(backend: VolumeBackend, index: number, more = {}) {
  for (let attempt = 0; attempt < 50; attempt++) {
    try {
      const request = {
        name: nameOf(index),
        requiredBytes: 1n,
        limitBytes: 0n,
        capabilities: [
          {
            access: { type: 'mount', fsType: '', mountFlags: [] },
            mode: 'MULTI_NODE_MULTI_WRITER',
          } as const,
        ],
        parameters,
        mutableParameters: {},
        secrets: {},
        contentSource: undefined,
        accessibility: undefined,
        ...more,
      };
      return await createIdempotently(backend, request, call, systemClock);
    } catch (error) {
      assert.ok(error instanceof CsiError && retryableCodes.has(error.code), String(error));
      await systemClock.sleep(50);
    }
  }
  return assert.fail(`volume ${index} was never made`);
}

async function inParallel(
  from: number,
  to: number,
  width: number,
  work: (index: number) => Promise<unknown>,
) {
  let next = from;
  const worker = async () => {
    while (next < to) await work(next++);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

test(`${volumes} volumes on the simulated EFS, half of them by a second controller, have GIDs of their own`, async (t) => {
  const { cloud, newController, listAll } = await setUp(t);
  cloud.faults.set({ kind: 'lose-response', parameters: { rate: 0.02 } });
  cloud.faults.set({ kind: 'server-error', parameters: { rate: 0.02 } });
  const first = await newController({ since: Date.now(), afterAnother: false });
  await inParallel(0, volumes / 2, 30, (index) => provision(first, index));
  // The second sees what the first has made, and finishes what it is asked for again.
  const second = await newController({ since: Date.now(), afterAnother: false });
  await inParallel(volumes / 2 - 10, volumes, 30, (index) => provision(second, index));
  const points = await listAll();
  assert.equal(points.length, volumes);
  assert.equal(new Set(points.map(({ posixUser }) => posixUser?.gid)).size, volumes);
  assert.equal(new Set(points.map(({ clientToken }) => clientToken)).size, volumes);
});

test('a full file system is left for the next one of the class', async (t) => {
  const { newController } = await setUp(t, { accessPointLimit: 2 });
  const backend = await newController({ since: Date.now(), afterAnother: false });
  const fileSystemId = `${content.fileSystemId},${content.oneZoneFileSystemId}`;
  const more = { parameters: { ...parameters, fileSystemId, enforceZoneAffinity: 'true' } };
  const made = [];
  for (const index of [1, 2, 3]) made.push(await provision(backend, index, more));
  assert.deepEqual(
    made.map(({ id, topology }) => [id.split(':')[1], topology]),
    [
      [content.fileSystemId, []],
      [content.fileSystemId, []],
      [content.oneZoneFileSystemId, [{ 'topology.kubernetes.io/zone': `${content.region}a` }]],
    ],
  );
});

test("another account's file system is made volumes of by its role, and deleted from by it", async (t) => {
  const { newController } = await setUp(t);
  const backend = await newController({ since: Date.now(), afterAnother: false });
  const { arn: awsRoleArn, externalId = '' } = crossAccountRole;
  const secrets = { awsRoleArn, externalId };
  const more = { secrets, parameters: { ...parameters, fileSystemId: content.otherFileSystemId } };
  const { id, context } = await provision(backend, 1, more);
  assert.match(id, new RegExp(`^efs:${content.otherFileSystemId}::fsap-[0-9a-f]{17}$`));
  assert.match(context.mounttargetipmap ?? '', /^\{"eu-central-1a":"[0-9.]+"/);
  await backend.delete(id, secrets, call);
  await backend.delete(id, secrets, call);
});
