import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { runSanity } from '../csi-sanity/run-sanity.ts';
import { mountRefusal, startSandbox, type TestSandbox } from '../testing/sandbox.ts';
import { findTool } from '../tools/find-tool.ts';
import { csiSanity } from '../tools/tools.ts';

const driver = 'efs.csi.aws.com';
const tool = findTool(csiSanity);
const skip = 'missing' in tool ? tool.missing : (mountRefusal() ?? false);

/** The last one has to end too: what a class leaves behind is left by all of its volumes. */
const classes = [
  {
    what: 'access points whose data goes with them',
    left: 'sanity-ap',
    parameters: { provisioningMode: 'efs-ap', directoryPerms: '700', basePath: '/sanity-ap' },
  },
  {
    what: 'a directory per claim',
    left: 'sanity-dir',
    parameters: {
      provisioningMode: 'efs-dir',
      directoryPerms: '770',
      uid: '1000',
      gid: '1000',
      basePath: '/sanity-dir',
      onDelete: 'delete',
    },
  },
];

suite('csi-sanity for EFS over both sockets, with mounts through the tunnel and nothing skipped', {
  skip,
}, () => {
  let sandbox: TestSandbox;
  const cleanups: (() => Promise<void>)[] = [];
  before(async () => {
    const flags = ['--time-scale', '7200', '--controller-arg=--delete-access-point-root-dir'];
    sandbox = await startSandbox({ after: (done) => cleanups.push(done) }, flags);
  });
  after(async () => {
    for (const cleanup of cleanups) await cleanup();
  });

  for (const { what, left, parameters } of classes)
    test(what, async (t) => {
      assert.ok('path' in tool);
      const sockets = sandbox.info.drivers[driver];
      assert.ok(sockets);
      const { fileSystemId } = sandbox.info.clouds.aws;
      const { line } = await runSanity({
        program: tool.path,
        sockets,
        parameters: { ...parameters, fileSystemId },
      });
      t.diagnostic(line);
      const data = join(sandbox.stateDir, 'efs', fileSystemId, 'data', left);
      assert.deepEqual(await readdir(data), []);
    });
});
