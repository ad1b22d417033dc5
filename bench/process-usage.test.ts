import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseUsage, usageOf } from './process-usage.ts';

test('memory and processor time are read as proc(5) says, whatever the process is called', () => {
  const status = 'Name:\tnode\nVmHWM:\t  99999 kB\nVmRSS:\t   61440 kB\nRssAnon:\t   20480 kB\n';
  const stat = '7 (a) b) S 1 7 7 0 -1 4194304 1 0 0 0 150 50 0 0 20 0 11 0 100 1 1';
  assert.deepEqual(parseUsage(status, stat), { rssMiB: 60, anonymousMiB: 20, cpuMs: 2000 });
});

test('several processes are added up', async () => {
  const one = await usageOf([process.pid]);
  const two = await usageOf([process.pid, process.pid]);
  assert.ok(one.rssMiB > 10);
  assert.ok(Math.abs(two.rssMiB / one.rssMiB - 2) < 0.2);
});
