import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { isRunning, recordOf, signalProcess } from './process-record.ts';

test('a running process is recognised by its record, and not after it ended', async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const record = recordOf(child.pid ?? 0);
  assert.ok(record);
  assert.equal(isRunning(record), true);
  assert.equal(signalProcess(record, 'SIGKILL'), true);
  await once(child, 'exit');
  assert.equal(isRunning(record), false);
  assert.equal(signalProcess(record, 'SIGKILL'), false);
});

test('another process with the same pid is never signalled', () => {
  const own = recordOf(process.pid);
  assert.ok(own);
  const earlier = { pid: own.pid, startTime: String(Number(own.startTime) - 1) };
  assert.equal(isRunning(earlier), false);
  assert.equal(signalProcess(earlier, 'SIGKILL'), false);
});
