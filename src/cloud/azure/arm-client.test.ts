import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { inspect } from 'node:util';
import { createFakeClock } from '../../async/testing/fake-clock.ts';
import { AzureError } from './azure-error.ts';
import { armClientFor, createAzureTestBed } from './testing/azure-test-bed.ts';
import { startConnectProxy } from './testing/connect-proxy.ts';
import { createEagerClock } from './testing/eager-clock.ts';
import { type ScriptedAnswer, startScriptedServer } from './testing/scripted-server.ts';
import { createTestAuthority } from './testing/test-authority.ts';

const bed = await createAzureTestBed();
after(() => bed[Symbol.asyncDispose]());

const forever = new AbortController().signal;
const anything = { method: 'GET', path: '/thing', apiVersion: '2024-03-01' } as const;
const done: ScriptedAnswer = { status: 200, body: { id: 'done' } };

async function serverAndClient(script: Parameters<typeof startScriptedServer>[0]) {
  const server = await startScriptedServer(script, bed);
  const clock = createEagerClock();
  return {
    server,
    clock,
    client: await armClientFor({ endpoint: server.origin, clock, caFile: bed.caFile }),
  };
}

const kind = (expected: string, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AzureError, inspect(error));
  assert.equal(error.kind, expected, error.message);
  assert.match(error.message, words);
  return true;
};

test('a request carries the token, the api-version, a request id and says who asks', async () => {
  const { server, client } = await serverAndClient([done]);
  await using _ = server;
  const response = await client.send({ ...anything, method: 'PUT', body: { a: 1 } }, forever);
  assert.deepEqual(response.body, { id: 'done' });
  const [request] = server.requests;
  assert.equal(request?.path, '/thing?api-version=2024-03-01');
  assert.deepEqual(request?.body, { a: 1 });
  assert.equal(request?.headers.authorization, 'Bearer any-token');
  assert.match(request?.headers['user-agent'] ?? '', /^berth\/test /);
  assert.ok(request?.headers['x-ms-client-request-id']);
});

test('throttling is waited out for as long as Retry-After says', async () => {
  const { server, clock, client } = await serverAndClient([
    { status: 429, headers: { 'retry-after': '17' }, body: { error: { code: 'TooManyRequests' } } },
    done,
  ]);
  await using _ = server;
  assert.equal((await client.send(anything, forever)).status, 200);
  assert.deepEqual(clock.slept, [17_000]);
});

test('a service that is away for a moment is asked again after growing waits', async () => {
  const { server, clock, client } = await serverAndClient([{ status: 503 }, { status: 500 }, 'reset', done]);
  await using _ = server;
  assert.equal((await client.send(anything, forever)).status, 200);
  assert.deepEqual(clock.slept, [500, 1000, 2000]);
});

test('a service that stays away is reported after eight attempts, with its own words', async () => {
  const { server, client } = await serverAndClient(() => ({
    status: 503,
    body: { error: { code: 'ServerBusy', message: 'come back later' } },
  }));
  await using _ = server;
  await assert.rejects(client.send(anything, forever), kind('server', /^come back later$/));
  assert.equal(server.requests.length, 8);
});

test('a create whose answer is lost is sent once and reported as without an answer', async () => {
  const { server, client } = await serverAndClient(['reset', done]);
  await using _ = server;
  const create = { ...anything, method: 'PUT', body: {}, whenUnclear: 'report' } as const;
  await assert.rejects(
    client.send(create, forever),
    kind('no-answer', /no answer from https:\/\/127\.0\.0\.1/),
  );
  assert.equal(server.requests.length, 1);
});

test('a create that was refused for throttling is sent again', async () => {
  const { server, client } = await serverAndClient([{ status: 429 }, done]);
  await using _ = server;
  const create = { ...anything, method: 'PUT', body: {}, whenUnclear: 'report' } as const;
  assert.equal((await client.send(create, forever)).status, 200);
});

test('a server that stays silent is given up after the time for one attempt', async () => {
  await using server = await startScriptedServer((_request, index) => (index === 0 ? 'silence' : done), bed);
  const attemptClock = createFakeClock();
  const client = await armClientFor({
    endpoint: server.origin,
    clock: createEagerClock(),
    caFile: bed.caFile,
    attemptClock,
  });
  const sending = client.send(anything, forever);
  while (server.requests.length === 0) await new Promise(setImmediate);
  assert.deepEqual(attemptClock.pending(), [10_000]);
  await attemptClock.advance(10_000);
  assert.equal((await sending).status, 200);
  assert.deepEqual(attemptClock.pending(), []);
});

test('the caller ends a wait for Retry-After at once and learns what it was waiting for', async () => {
  await using server = await startScriptedServer(
    [{ status: 429, headers: { 'retry-after': '600' }, body: { error: { message: 'slow down' } } }],
    bed,
  );
  const clock = createFakeClock();
  const client = await armClientFor({ endpoint: server.origin, clock, caFile: bed.caFile });
  const caller = new AbortController();
  const sending = client.send(anything, caller.signal);
  while (clock.pending().length === 0) await new Promise(setImmediate);
  caller.abort(new Error('deadline'));
  await assert.rejects(sending, kind('aborted', /while waiting to repeat: slow down$/));
});

test('the caller ends a request that is under way', async () => {
  const caller = new AbortController();
  const { server, client } = await serverAndClient(() => {
    caller.abort(new Error('deadline'));
    return 'silence';
  });
  await using _ = server;
  await assert.rejects(client.send(anything, caller.signal), kind('aborted', /ended by the caller/));
});

test('a token that has expired meanwhile is renewed once and the request repeated', async () => {
  const expired: ScriptedAnswer = { status: 401, body: { error: { code: 'ExpiredAuthenticationToken' } } };
  await using server = await startScriptedServer(
    ({ headers }) => (headers.authorization === 'Bearer second' ? done : expired),
    bed,
  );
  const forgotten: string[] = [];
  const tokens = {
    get: async () => (forgotten.length === 0 ? 'first' : 'second'),
    forget: (token: string) => void forgotten.push(token),
  };
  const client = await armClientFor({
    endpoint: server.origin,
    clock: createEagerClock(),
    caFile: bed.caFile,
    tokens,
  });
  assert.equal((await client.send(anything, forever)).status, 200);
  assert.deepEqual(forgotten, ['first']);
});

test('a token that is refused twice is reported, and no error shows it', async () => {
  const { server, client } = await serverAndClient(() => ({
    status: 401,
    body: { error: { code: 'InvalidAuthenticationToken', message: 'wrong audience' } },
  }));
  await using _ = server;
  const error = await client.send(anything, forever).catch((reason: unknown) => reason);
  assert.ok(kind('unauthenticated', /^wrong audience$/)(error));
  assert.equal(server.requests.length, 2);
  assert.doesNotMatch(inspect(error, { depth: 10, showHidden: true }), /any-token/);
});

test('all pages of a list are read', async () => {
  const { server, client } = await serverAndClient((request) =>
    request.path.includes('page=2')
      ? { status: 200, body: { value: [3] } }
      : {
          status: 200,
          body: { value: [1, 2], nextLink: `https://${request.headers.host}/thing?page=2&api-version=x` },
        },
  );
  await using _ = server;
  assert.deepEqual(await client.list(anything, forever), [1, 2, 3]);
});

test('a next page on another host does not get the token', async () => {
  await using other = await startScriptedServer([done], bed);
  const { server, client } = await serverAndClient([
    { status: 200, body: { value: [1], nextLink: `${other.origin}/thing?page=2` } },
  ]);
  await using _ = server;
  await assert.rejects(client.list(anything, forever), kind('server', /it is not followed/));
  assert.equal(other.requests.length, 0);
});

test('pages that link in a circle come to an end', async () => {
  const { server, client } = await serverAndClient((request) => ({
    status: 200,
    body: { value: [], nextLink: `https://${request.headers.host}/thing` },
  }));
  await using _ = server;
  await assert.rejects(client.list(anything, forever), kind('server', /link in a circle/));
});

test('a certificate of an unknown authority is not asked again and names the setting', async () => {
  await using server = await startScriptedServer([done], { authority: await createTestAuthority('another') });
  const clock = createEagerClock();
  const client = await armClientFor({ endpoint: server.origin, clock, caFile: bed.caFile });
  await assert.rejects(client.send(anything, forever), kind('no-answer', /not trusted.*caFile/));
  assert.deepEqual(clock.slept, []);
});

test('nobody listening is reported with the address', async () => {
  const { server, client } = await serverAndClient([]);
  await server[Symbol.asyncDispose]();
  await assert.rejects(
    client.send(anything, forever),
    kind('no-answer', /ECONNREFUSED.*can be reached from here/),
  );
});

test('a gateway page instead of JSON is shown shortened', async () => {
  const { server, client } = await serverAndClient([{ status: 403, body: `<html>${'x'.repeat(5000)}` }]);
  await using _ = server;
  await assert.rejects(client.send(anything, forever), (error: unknown) => {
    assert.ok(kind('forbidden', /<html>/)(error));
    return error instanceof AzureError && error.message.length < 1200;
  });
});

test('a proxy from the environment is used, with the custom authority, but not for this machine', async () => {
  await using server = await startScriptedServer(() => done, {
    authority: bed.authority,
    dnsNames: ['arm.example'],
  });
  await using proxy = await startConnectProxy(new URL(server.origin));
  const env = { HTTPS_PROXY: proxy.url };
  const ask = async (endpoint: string, more: object = {}) => {
    const client = await armClientFor({
      endpoint,
      clock: createEagerClock(),
      caFile: bed.caFile,
      env: { ...env, ...more },
    });
    return client.send(anything, forever);
  };
  assert.equal((await ask('https://arm.example')).status, 200);
  assert.deepEqual(proxy.targets, ['arm.example:443']);
  assert.equal((await ask(server.origin)).status, 200);
  assert.deepEqual(proxy.targets, ['arm.example:443']);
});
