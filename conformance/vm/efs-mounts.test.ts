import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bundleProgram } from '../testing/bundle-program.ts';
import { guestTests } from './guest-tests.ts';
import { runInVm } from './run-in-vm.ts';
import { vmLacks } from './vm-lacks.ts';

const lacks = vmLacks({
  'rpc.nfsd': 'nfs-kernel-server',
  stunnel: 'stunnel4',
  ip: 'iproute2',
  flock: 'util-linux',
});

test('EFS volumes on a real kernel, in a VM', { skip: lacks, timeout: 700_000 }, async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'berth-efs-vm-'));
  t.after(() => rm(directory, { recursive: true }));
  const program = await bundleProgram('node', directory);
  const vm = await runInVm({
    command: [
      process.execPath,
      '--test',
      '--test-reporter=tap',
      join(import.meta.dirname, 'guest/efs-mounts.guest.ts'),
    ],
    env: { BERTH_NODE_PROGRAM: program },
    timeoutMs: 600_000,
  });
  t.after(() => vm.remove());
  const results = guestTests(vm.output);
  for (const { name, passed, detail } of results) {
    await t.test(name, (inner) => {
      if (!passed) throw new Error(detail);
      if (detail !== '') inner.diagnostic(detail);
    });
  }
  const pluginLog = await vm.file('plugin.log').catch(() => '');
  assert.ok(results.length > 0, `the VM brought no results:\n${vm.output}\n${vm.console}`);
  assert.equal(vm.exitCode, 0, `${vm.output}\n${pluginLog}`);
});
