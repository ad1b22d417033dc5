import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { runInVm } from './run-in-vm.ts';
import { vmLacks } from './vm-lacks.ts';

test('a command in the VM sees this machine’s files, changes none of them, and brings code, output and files back', {
  skip: vmLacks(),
  timeout: 240_000,
}, async (t) => {
  const written = `${import.meta.dirname}/written-in-the-vm`;
  const script = `test -f ${import.meta.filename} && touch ${written} && echo kept >"$VM_OUT/result"; ls /sys/class/net; exit 7`;
  const vm = await runInVm({ command: ['sh', '-c', script], env: { SOME: "it's" }, timeoutMs: 200_000 });
  t.after(() => vm.remove());
  assert.equal(vm.exitCode, 7, vm.console);
  assert.equal(vm.output, 'lo\n', 'no other network than loopback');
  assert.equal(await vm.file('result'), 'kept\n');
  assert.equal(existsSync(written), false);
});
