import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../src/async/clock.ts';
import { openAws } from '../../src/cloud/aws/open-aws.ts';
import { createControllerService } from '../../src/csi/controller-service.ts';
import { serveCsi } from '../../src/csi/grpc/serve-csi.ts';
import { createIdentityService } from '../../src/csi/identity-service.ts';
import { createNodeService } from '../../src/csi/node-service.ts';
import { noProgress } from '../../src/csi/progress.ts';
import { createFakeMounts } from '../../src/csi/testing/fake-mounts.ts';
import { awsEfs } from '../../src/drivers/aws-efs/index.ts';
import { planMount } from '../../src/drivers/aws-efs/node/mount-plan.ts';
import { content } from '../../src/sandbox/clouds/aws/content.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { noMetrics } from '../../src/telemetry/metrics.ts';
import { startAws } from '../aws-sdk/start-aws.ts';
import { runSanity } from '../csi-sanity/run-sanity.ts';
import { findTool } from '../tools/find-tool.ts';
import { csiSanity } from '../tools/tools.ts';

const tool = findTool(csiSanity);
const ports = { driverName: awsEfs.name, clock: systemClock, log: silentLog, metrics: noMetrics };

test('csi-sanity over one socket, the controller on the simulated EFS, mounts in memory, nothing skipped', {
  skip: 'missing' in tool ? tool.missing : false,
}, async (t) => {
  assert.ok('path' in tool);
  const { env } = await startAws(t);
  const directory = await mkdtemp(join(tmpdir(), 'berth-efs-sanity-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const aws = await openAws({ env, userAgent: 'berth/test', random: Math.random, ...ports });
  const backend = await awsEfs.openController({
    ...ports,
    azure: () => Promise.reject(new Error('not a cloud of this driver')),
    aws: async () => aws,
  });
  const mounter = {
    plan: (request: Parameters<typeof planMount>[0]) => {
      const { plan } = planMount(request, 'efs-utils');
      assert.ok(plan);
      return plan;
    },
  };
  const mounts = createFakeMounts({
    makeTarget: async (path) => void (await mkdir(path, { recursive: true })),
    removeTarget: (path) => rm(path, { recursive: true, force: true }),
  });
  const endpoint = `unix://${join(directory, 'csi.sock')}`;
  const server = await serveCsi({
    endpoint,
    log: silentLog,
    services: {
      identity: createIdentityService({ ...ports, version: '0.0.0', hasController: true }),
      controller: createControllerService({ ...ports, backend, progress: noProgress }),
      node: createNodeService({ ...ports, mounter, mounts, nodeId: 'node-1' }),
    },
  });
  t.after(() => server.close());
  const { line } = await runSanity({
    program: tool.path,
    sockets: { controller: endpoint, node: endpoint },
    parameters: {
      provisioningMode: 'efs-ap',
      fileSystemId: content.fileSystemId,
      directoryPerms: '700',
      basePath: '/dynamic_provisioning',
    },
  });
  t.diagnostic(line);
});
