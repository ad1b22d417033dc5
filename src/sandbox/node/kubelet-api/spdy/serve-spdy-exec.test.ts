import assert from 'node:assert/strict';
import { duplexPair } from 'node:stream';
import { test } from 'node:test';
import { processRuntime } from '../../../apiserver/testing/process-runtime.ts';
import type { Upgrade } from '../serve-exec.ts';
import { dataFrame, pingFrame, readFrames } from './frames.ts';
import { createHeaderCodec } from './header-codec.ts';
import { isSpdyExec, serveSpdyExec } from './serve-spdy-exec.ts';

function upgradeOf(headers: Record<string, string>) {
  const [client, socket] = duplexPair();
  const request = { headers } as unknown as Upgrade['request'];
  const closing = new AbortController();
  return { client, upgrade: { request, socket, head: Buffer.alloc(0), closing: closing.signal } };
}

const clients = { upgrade: 'SPDY/3.1', 'x-stream-protocol-version': 'v5.channel.k8s.io, v4.channel.k8s.io' };

/** A client's first frame of a stream; see `parseFrame`. */
function synStream(stream: number, headers: Buffer): Buffer {
  const body = Buffer.concat([Buffer.alloc(10), headers]);
  body.writeUInt32BE(stream, 0);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(0x80030001, 0);
  head.writeUIntBE(body.length, 5, 3);
  return Buffer.concat([head, body]);
}

test('an upgrade is taken where its client speaks SPDY/3.1 and the protocol of a command', () => {
  assert.equal(isSpdyExec(upgradeOf(clients).upgrade), true);
  assert.equal(isSpdyExec(upgradeOf({ ...clients, upgrade: 'websocket' }).upgrade), false);
  assert.equal(
    isSpdyExec(upgradeOf({ ...clients, 'x-stream-protocol-version': 'channel.k8s.io' }).upgrade),
    false,
  );
});

test('a command has its input, its output, an answer to pings, and its exit code on the error stream', async () => {
  const { client, upgrade } = upgradeOf(clients);
  const session = await processRuntime().exec({
    namespace: 'ns',
    pod: 'p',
    container: 'c',
    command: ['sh', '-c', 'cat; echo bad >&2; exit 4'],
    stdin: true,
    tty: false,
  });
  const served = serveSpdyExec(upgrade, session, ['error', 'stdin', 'stdout', 'stderr']);
  const reader = client[Symbol.asyncIterator]();
  assert.match(
    String((await reader.next()).value),
    /^HTTP\/1\.1 101 .*X-Stream-Protocol-Version: v4\.channel/s,
  );

  const codec = createHeaderCodec();
  const ids = { error: 1, stdin: 3, stdout: 5, stderr: 7 };
  for (const [streamtype, id] of Object.entries(ids))
    client.write(synStream(id, await codec.encode(new Map([['streamtype', streamtype]]))));
  client.write(pingFrame(11));
  // More than one frame may hold.
  const input = Buffer.alloc(200_000, 'x');
  client.write(dataFrame(ids.stdin, input, true));

  const received = new Map<number, string>();
  const pings: number[] = [];
  for await (const frame of readFrames({ [Symbol.asyncIterator]: () => reader })) {
    if (frame.type === 'data')
      received.set(frame.stream, `${received.get(frame.stream) ?? ''}${frame.data.toString()}`);
    if (frame.type === 'ping') pings.push(frame.id);
  }
  client.end();
  await served;
  codec.close();
  assert.deepEqual(pings, [11]);
  assert.equal(received.get(ids.stdout), input.toString());
  assert.equal(received.get(ids.stderr), 'bad\n');
  const outcome = JSON.parse(received.get(ids.error) ?? '{}');
  assert.deepEqual([outcome.reason, outcome.details.causes[0].message], ['NonZeroExitCode', '4']);
});
