import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import type { Progress } from '../csi/progress.ts';
import { silentLog } from '../telemetry/log.ts';
import { serveDirectories } from './directories-server.ts';
import type { Answer } from './jobs.ts';
import { openDirectories } from './open-directories.ts';
import { makeOrder } from './testing/test-workplace.ts';
import { type Order, stringify } from './wire.ts';

/** A server whose work is what `answer` says. */
async function open(context: TestContext, answer: (order: Order) => Answer | Promise<Answer>) {
  const directory = mkdtempSync(join(tmpdir(), 'berth-directories-'));
  const socketPath = join(directory, 'd.sock');
  const asked: Order[] = [];
  const jobs = {
    ask: async (order: Order) => {
      asked.push(order);
      return answer(order);
    },
    close: async () => {},
  };
  const server = await serveDirectories({
    socketPath,
    mode: 0o660,
    jobs,
    fsTypes: ['lustre'],
    log: silentLog,
  });
  context.after(async () => {
    await server.close();
    rmSync(directory, { recursive: true });
  });
  const post = (path: string, body: string) =>
    new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      request({ socketPath, path, method: 'POST' }, (response) => {
        text(response).then((said) => resolve({ status: response.statusCode, body: said }), reject);
      })
        .on('error', reject)
        .end(body);
    });
  return { socketPath, asked, post, port: openDirectories(socketPath) };
}

const reports: Progress[] = [];
const call = (signal = new AbortController().signal) => ({
  signal,
  deadline: undefined,
  log: silentLog,
  progress: (progress: Progress) => void reports.push(progress),
});

test('an order arrives as it was given, and its answer comes back', async (context) => {
  const { port, asked, socketPath } = await open(context, (order) => ({
    done: 'volume' in order ? order : null,
  }));
  assert.equal(statSync(socketPath).mode & 0o777, 0o660);
  const mount = { ...makeOrder().mount, withoutHelper: true };
  const order = makeOrder({ mount, capacityBytes: 2n ** 60n });
  const record = await port.make(order, call());
  assert.deepEqual(asked[0], { name: 'make', ...order });
  assert.equal(record.capacityBytes, 2n ** 60n);
});

test('a caller waits until the work is done, and hears meanwhile how long it has taken', async (context) => {
  let left = 2;
  const { port } = await open(context, () => (left-- > 0 ? { running: { forMs: 5_000 } } : { done: null }));
  await port.remove({ mount: makeOrder().mount, volume: 'pvc-1' }, call());
  assert.deepEqual(
    reports.map(({ elapsedMs, phase }) => [elapsedMs, phase]),
    [
      [5_000, 'deleting'],
      [5_000, 'deleting'],
    ],
  );
});

test('a refusal keeps its code and words', async (context) => {
  const { port } = await open(context, () => ({ error: { code: 'already-exists', message: 'it is mine' } }));
  await assert.rejects(port.make(makeOrder(), call()), { code: 'already-exists', message: 'it is mine' });
});

test('where nobody serves, or nobody answers, the caller is told to come again', async (context) => {
  const missing = openDirectories('/nowhere/d.sock');
  await assert.rejects(missing.make(makeOrder(), call()), {
    code: 'unavailable',
    message: /\/nowhere\/d\.sock \(ENOENT\)/,
  });
  const impatient = new AbortController();
  const { port } = await open(context, () => {
    impatient.abort();
    return new Promise(() => {});
  });
  await assert.rejects(port.make(makeOrder(), call(impatient.signal)), { code: 'deadline-exceeded' });
});

test('nothing but a well-formed order on a shared file system is worked on', async (context) => {
  const { post, asked } = await open(context, () => ({ done: null }));
  const remove = (mount: object, volume = 'pvc-1') =>
    stringify({ mount: { ...makeOrder().mount, ...mount }, volume });
  const refused: readonly (readonly [string, string])[] = [
    ['/v1/format', remove({})],
    ['/v1/remove', 'not json'],
    ['/v1/remove', remove({ fsType: 'ext4', source: '/dev/sda1' })],
    ['/v1/remove', remove({ options: ['bind'] })],
    ['/v1/remove', remove({ options: ['noatime,rbind'] })],
    ['/v1/remove', remove({ source: '--bind' })],
    ['/v1/remove', remove({}, '../../etc')],
    ['/v1/make', stringify(makeOrder({ path: '../outside' }))],
    ['/v1/make', stringify(makeOrder({ base: '.berth' }))],
    ['/v1/make', stringify(makeOrder({ mode: 0o10000 }))],
    ['/v1/remove', ' '.repeat(5_000_000)],
  ];
  for (const [path, body] of refused) {
    const answer = await post(path, body);
    assert.ok(
      answer.status !== undefined && answer.status >= 400,
      `${path} ${body.slice(0, 200)}: ${answer.status}`,
    );
    assert.match(answer.body, /"code":"invalid-argument"/);
  }
  assert.deepEqual(asked, []);
});
