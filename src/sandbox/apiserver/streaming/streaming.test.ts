import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { WebSocket } from 'ws';
import { processRuntime } from '../testing/process-runtime.ts';
import { startTestServer, type TestServer, testToken } from '../testing/test-server.ts';

const runtime = processRuntime(['one', 'two']);
let server: TestServer;
before(async () => {
  server = await startTestServer({ runtime });
  await server.request('POST', '/api/v1/namespaces/default/pods', {
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  });
});
after(() => server.close());

interface Outcome {
  readonly channels: Readonly<Record<number, string>>;
  readonly status: {
    readonly status?: string;
    readonly message?: string;
    readonly reason?: string;
    readonly details?: object;
  };
}

function connect(query: string, protocol = 'v5.channel.k8s.io', pod = 'p'): WebSocket {
  return new WebSocket(
    `${server.url.replace('https', 'wss')}/api/v1/namespaces/default/pods/${pod}/exec?${query}`,
    protocol,
    {
      ca: server.caCertificate,
      headers: { Authorization: `Bearer ${testToken}` },
    },
  );
}

async function exec(
  command: readonly string[],
  query = '',
  begin?: (socket: WebSocket) => void,
): Promise<Outcome> {
  const words = command.map((word) => `command=${encodeURIComponent(word)}`).join('&');
  const socket = connect(`${words}&stdout=true&stderr=true${query}`);
  const channels: Record<number, string> = {};
  socket.on('message', (data: Buffer) => {
    const id = data[0] ?? -1;
    channels[id] = `${channels[id] ?? ''}${data.subarray(1).toString()}`;
  });
  if (begin !== undefined) socket.on('open', () => begin(socket));
  await once(socket, 'close');
  return { channels, status: JSON.parse(channels[3] ?? '{}') };
}

describe('exec', () => {
  test('brings output, errors and the exit code, each on its channel', async () => {
    const good = await exec(['sh', '-c', 'echo out; echo err >&2']);
    assert.deepEqual([good.channels[1], good.channels[2], good.status.status], ['out\n', 'err\n', 'Success']);
    const bad = await exec(['sh', '-c', 'exit 7']);
    assert.deepEqual(
      [bad.status.reason, bad.status.details],
      ['NonZeroExitCode', { causes: [{ reason: 'ExitCode', message: '7' }] }],
    );
  });

  test('takes input until the client closes that channel', async () => {
    const { channels } = await exec(['cat'], '&stdin=true', (socket) => {
      socket.send(Buffer.from('\0hello'));
      socket.send(Buffer.from([255, 0]));
    });
    assert.equal(channels[1], 'hello');
  });

  test('a megabyte comes through whole', async () => {
    const { channels } = await exec(['head', '-c', '1000000', '/dev/zero']);
    assert.equal(channels[1]?.length, 1_000_000);
  });

  test('what the runtime refuses arrives on the error channel', async () => {
    const { status } = await exec(['ls'], '&container=missing');
    assert.deepEqual([status.status, status.message], ['Failure', 'container missing is not valid for pod']);
  });

  test('a client that goes away ends the command', { timeout: 10_000 }, async () => {
    const socket = connect('command=sleep&command=3600&stdout=true');
    await once(socket, 'open');
    socket.terminate();
    await once(socket, 'close');
    assert.equal((await server.request('GET', '/healthz')).text, 'ok');
  });

  test('a server that stops ends the commands that run', { timeout: 10_000 }, async () => {
    const socket = connect('command=sleep&command=3600&stdout=true').on('error', () => {});
    await once(socket, 'open');
    await Promise.all([once(socket, 'close'), server.restart()]);
  });

  test('an unknown pod, no command and no token are refused before the upgrade', async () => {
    const refused = async (socket: WebSocket) => {
      const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
      socket.terminate();
      return response.statusCode;
    };
    assert.equal(await refused(connect('command=ls', undefined, 'nope').on('error', () => {})), 404);
    assert.equal(await refused(connect('').on('error', () => {})), 400);
    const anonymous = new WebSocket(
      `${server.url.replace('https', 'wss')}/api/v1/namespaces/default/pods/p/exec?command=ls`,
      { ca: server.caCertificate },
    );
    assert.equal(await refused(anonymous.on('error', () => {})), 401);
  });

  test('SPDY, attach and port-forward are refused with what to use instead', async () => {
    const spdy = { Connection: 'Upgrade', Upgrade: 'SPDY/3.1' };
    const exec = await server.request(
      'POST',
      '/api/v1/namespaces/default/pods/p/exec?command=ls',
      undefined,
      spdy,
    );
    assert.equal(exec.status, 400);
    assert.match(exec.body.message ?? '', /over WebSocket only, not over SPDY: use kubectl 1\.30 or newer/);
    for (const stream of ['attach', 'portforward']) {
      const { status, body } = await server.request(
        'POST',
        `/api/v1/namespaces/default/pods/p/${stream}`,
        undefined,
        spdy,
      );
      assert.equal(status, 404);
      assert.match(body.message ?? '', new RegExp(`does not serve pods/${stream}`));
    }
  });
});

describe('logs', () => {
  const log = (query: string) => server.request('GET', `/api/v1/namespaces/default/pods/p/log?${query}`);

  test('come as plain text, with every option handed to the runtime', async () => {
    const { text, headers } = await log(
      'follow=true&tailLines=5&timestamps=true&previous=true&container=c&limitBytes=9',
    );
    assert.deepEqual([text, headers['content-type']], ['one\ntwo\n', 'text/plain']);
    const { signal: _signal, ...request } = runtime.logRequests.at(-1) ?? assert.fail();
    assert.deepEqual(request, {
      namespace: 'default',
      pod: 'p',
      container: 'c',
      follow: true,
      previous: true,
      timestamps: true,
      tailLines: 5,
      limitBytes: 9,
      sinceTime: undefined,
    });
  });

  test('of the last seconds are asked for by time', async () => {
    await log('sinceSeconds=60');
    const since = Date.parse(runtime.logRequests.at(-1)?.sinceTime ?? '');
    assert.ok(Math.abs(Date.now() - 60_000 - since) < 5_000);
  });

  test('refusals are Statuses', async () => {
    assert.deepEqual(
      [(await log('container=missing')).status, (await log('tailLines=x')).status],
      [400, 400],
    );
    assert.equal((await server.request('GET', '/api/v1/namespaces/default/pods/nope/log')).status, 404);
  });
});
