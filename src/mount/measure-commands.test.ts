import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { openMetrics } from '../telemetry/metrics.ts';
import type { CommandResult } from './command.ts';
import { measureCommands } from './measure-commands.ts';
import { silentSuccess } from './testing/fake-run-command.ts';

async function measured() {
  const clock = createFakeClock();
  const metrics = await openMetrics();
  const ends = Promise.withResolvers<Partial<CommandResult>>();
  const run = measureCommands(
    async () => {
      return { ...silentSuccess, ...(await ends.promise) };
    },
    { metrics, clock, driverName: 'd' },
  );
  const has = async (line: string) => (await metrics.exposition()).body.split('\n').includes(line);
  return { clock, ends, has, running: run({ program: 'mount', args: [], timeoutMs: 1_000 }) };
}

test('a mount is in flight while it runs, and then counted with its time and result', async () => {
  const { clock, ends, has, running } = await measured();
  assert.ok(await has('berth_mount_commands_in_flight{driver_name="d",command="mount"} 1'));
  await clock.advance(300);
  ends.resolve({});
  await running;
  assert.ok(await has('berth_mount_commands_in_flight{driver_name="d",command="mount"} 0'));
  assert.ok(await has('berth_mount_command_seconds_sum{driver_name="d",command="mount",result="ok"} 0.3'));
});

test('one that fails or cannot be started is told apart', async () => {
  const failed = await measured();
  failed.ends.resolve({ exitCode: 5 });
  await failed.running;
  assert.ok(
    await failed.has('berth_mount_command_seconds_count{driver_name="d",command="mount",result="failed"} 1'),
  );
  const missing = await measured();
  missing.ends.reject(new Error('not installed'));
  await assert.rejects(missing.running, /not installed/);
  assert.ok(await missing.has('berth_mount_commands_in_flight{driver_name="d",command="mount"} 0'));
});

test('one that was given up is stuck until it is really gone', async () => {
  const { ends, has, running } = await measured();
  const gone = Promise.withResolvers<void>();
  ends.resolve({ exitCode: undefined, timedOut: true, gone: gone.promise });
  await running;
  assert.ok(await has('berth_mount_commands_stuck{driver_name="d",command="mount"} 1'));
  assert.ok(
    await has('berth_mount_command_seconds_count{driver_name="d",command="mount",result="timed-out"} 1'),
  );
  gone.resolve();
  await setImmediate();
  assert.ok(await has('berth_mount_commands_stuck{driver_name="d",command="mount"} 0'));
});
