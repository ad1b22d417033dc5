import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import type { CommandResult } from './command.ts';
import { createStatfs } from './statfs.ts';
import { createFakeRunCommand } from './testing/fake-run-command.ts';

const signal = new AbortController().signal;
const printed = '4096 12884901888000 12884901887000 12884901886000 1000 990\n';

function statfsThat(answer: () => Partial<CommandResult> | Promise<Partial<CommandResult>>) {
  const clock = createFakeClock();
  const fake = createFakeRunCommand(answer);
  return { clock, fake, statfs: createStatfs({ run: fake.run, clock, timeoutMs: 10_000 }) };
}

test('sizes beyond 2^53 bytes are exact', async () => {
  const { statfs, fake } = statfsThat(() => ({ stdout: printed }));
  assert.deepEqual(await statfs.stats('/t', { signal }), {
    bytes: { total: 52776558133248000n, used: 4096000n, available: 52776558125056000n },
    inodes: { total: 1000n, used: 10n, available: 990n },
  });
  assert.deepEqual(fake.lines(), ['stat -f -c %S %b %f %a %c %d -- /t']);
});

test('polls of a hung volume wait for one child, and none is added while it is stuck', async () => {
  const stuck = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Partial<CommandResult>>();
  const { statfs, fake, clock } = statfsThat(() => answer.promise);
  const polls = [1, 2, 3].map(() => statfs.stats('/t', { signal }));
  const refused = polls.map((poll) =>
    assert.rejects(poll, { code: 'unavailable', message: /has not answered/ }),
  );
  answer.resolve({ timedOut: true, gone: stuck.promise });
  await Promise.all(refused);
  await clock.advance(60_000);
  await assert.rejects(statfs.stats('/t', { signal }), { code: 'unavailable', message: /for 60 s/ });
  assert.equal(fake.commands.length, 1);
  assert.equal(statfs.hangs('/t'), true);
  stuck.resolve();
  await clock.advance(0);
  assert.equal(statfs.hangs('/t'), false);
  await assert.rejects(statfs.stats('/t', { signal }), { code: 'unavailable' });
  assert.equal(fake.commands.length, 2);
});

test('other volumes are asked while one hangs', async () => {
  const hung = Promise.withResolvers<Partial<CommandResult>>();
  const fake = createFakeRunCommand(({ args }) =>
    args.includes('/hung') ? hung.promise : { stdout: printed },
  );
  const statfs = createStatfs({ run: fake.run, clock: createFakeClock(), timeoutMs: 10_000 });
  const abort = new AbortController();
  const poll = statfs.stats('/hung', { signal: abort.signal });
  assert.equal((await statfs.stats('/well', { signal })).inodes.total, 1000n);
  abort.abort();
  await assert.rejects(poll, { code: 'unavailable' });
});

test('an error is reported with what stat printed, and remembered until the next answer', async () => {
  const answers = [{ exitCode: 1, stderr: "stat: '/t': Cannot send after transport endpoint shutdown" }];
  const { statfs } = statfsThat(() => answers.shift() ?? { stdout: printed });
  await assert.rejects(statfs.stats('/t', { signal }), { code: 'internal', message: /endpoint shutdown/ });
  assert.equal(statfs.failed('/t'), true);
  await statfs.stats('/t', { signal });
  assert.equal(statfs.failed('/t'), false);
});
