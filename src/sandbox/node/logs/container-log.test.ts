import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { systemClock } from '../../../async/clock.ts';
import { formatLogLine, type LogLine, parseLogLine } from './cri-log-line.ts';
import { openCriLog } from './cri-log-writer.ts';
import { type ContainerLogOptions, readContainerLog } from './read-container-log.ts';

const start = Date.UTC(2026, 0, 1);

function setUp(t: TestContext, maxBytes = 1e6) {
  const directory = mkdtempSync(join(tmpdir(), 'berth-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, '0.log');
  let now = start;
  const log = openCriLog(path, maxBytes, () => now);
  const read = (changes: Partial<ContainerLogOptions> = {}) =>
    readContainerLog({
      path,
      follow: false,
      timestamps: false,
      tailLines: undefined,
      limitBytes: undefined,
      sinceTime: undefined,
      isRunning: () => false,
      clock: systemClock,
      signal: new AbortController().signal,
      ...changes,
    });
  return {
    directory,
    path,
    log,
    read,
    say: (words: string) => log.write('stdout', Buffer.from(words)),
    later: (ms: number) => {
      now += ms;
    },
  };
}

test('an entry is read as it was written', () => {
  const line = fc.record({
    time: fc.constant('2026-01-01T00:00:00.000000000Z'),
    stream: fc.constantFrom('stdout', 'stderr'),
    partial: fc.boolean(),
    text: fc.string({ unit: 'grapheme' }).filter((words) => !words.includes('\n')),
  });
  fc.assert(
    fc.property(line, (one) => {
      assert.deepEqual(parseLogLine(formatLogLine(one as LogLine).slice(0, -1)), { ...one });
    }),
  );
  assert.equal(parseLogLine('torn by a cras'), undefined);
});

test('what was said comes back whole, however it was cut on the way', async (t) => {
  const { log, read } = setUp(t);
  const words = `first\n\n${'é'.repeat(40_000)}\nlast without newline`;
  const bytes = Buffer.from(words);
  for (let at = 0; at < bytes.length; at += 777) log.write('stdout', bytes.subarray(at, at + 777));
  log.close();
  assert.equal(await text(read()), `${words}\n`);
});

test('tail, since, limit and timestamps choose what is shown', async (t) => {
  const { say, later, read } = setUp(t);
  for (const word of ['one', 'two', 'three']) {
    say(`${word}\n`);
    later(1000);
  }
  assert.equal(await text(read({ tailLines: 2 })), 'two\nthree\n');
  assert.equal(await text(read({ tailLines: 0 })), '');
  assert.equal(await text(read({ sinceTime: '2026-01-01T00:00:02Z' })), 'three\n');
  assert.equal(await text(read({ limitBytes: 5 })), 'one\nt');
  assert.equal(
    await text(read({ tailLines: 1, timestamps: true })),
    '2026-01-01T00:00:02.000000000Z three\n',
  );
});

test('a log takes a bounded place, and what is kept is read in order', async (t) => {
  const { directory, path, log, say, read } = setUp(t, 1000);
  for (let number = 0; number < 200; number++) say(`line ${number}\n`);
  log.close();
  assert.deepEqual(readdirSync(directory).sort(), ['0.log', '0.log.1']);
  assert.ok(statSync(path).size + statSync(`${path}.1`).size < 3000);
  const numbers = (await text(read()))
    .trim()
    .split('\n')
    .map((line) => Number(line.slice(5)));
  assert.deepEqual(
    numbers,
    Array.from({ length: numbers.length }, (_, at) => 200 - numbers.length + at),
  );
});

test('following shows what comes, across a rotation, and ends with the container', async (t) => {
  const { path, say, read } = setUp(t, 200);
  say('before\n');
  let running = true;
  const stream = read({ follow: true, isRunning: () => running });
  let seen = '';
  for await (const chunk of stream) {
    seen += chunk;
    if (seen === 'before\n') for (let number = 0; number < 4; number++) say(`${number} ${'x'.repeat(60)}\n`);
    if (seen.includes('3 x')) running = false;
  }
  assert.deepEqual(
    seen
      .trim()
      .split('\n')
      .map((line) => line[0]),
    ['b', '0', '1', '2', '3'],
  );
  assert.ok(readFileSync(`${path}.1`).length > 0);
});

test('a container that has said nothing yet has an empty log', async (t) => {
  const { read, directory } = setUp(t);
  assert.equal(await text(read({ path: join(directory, 'none.log') })), '');
});
