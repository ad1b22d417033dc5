import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../async/clock.ts';
import { openNodeAws } from './open-node-aws.ts';

const signal = new AbortController().signal;

interface Seen {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A plain HTTP server that answers by path; undefined is 404. */
async function serve(t: TestContext, answers: (seen: Seen) => string | number | undefined) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const { method, url: path, headers } = request;
    const one = { method, path, headers, body: await text(request) };
    seen.push(one);
    const answer = answers(one);
    if (typeof answer === 'string') response.end(answer);
    else response.writeHead(answer ?? 404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

async function tokenFile(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-aws-'));
  t.after(() => rm(directory, { recursive: true }));
  const path = join(directory, 'token');
  await writeFile(path, 'the-token\n');
  return path;
}

const wire = { AccessKeyId: 'ASIA1', SecretAccessKey: 's', Token: 't', Expiration: '2100-01-01T00:00:00Z' };
const expected = {
  accessKeyId: 'ASIA1',
  secretAccessKey: 's',
  sessionToken: 't',
  expiration: Date.UTC(2100, 0),
};

test('keys in the environment need nobody else', async () => {
  const env = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIA',
    AWS_SECRET_ACCESS_KEY: 's',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const aws = await openNodeAws({ env, clock: systemClock });
  assert.equal(await aws.region(signal), 'eu-west-1');
  assert.deepEqual(await aws.credentials(signal), { accessKeyId: 'AKIA', secretAccessKey: 's' });
});

test('a machine tells its region and its role’s credentials to a session of IMDSv2', async (t) => {
  const { url, seen } = await serve(t, ({ path, headers }) => {
    if (path === '/latest/api/token') return 'session';
    if (headers['x-aws-ec2-metadata-token'] !== 'session') return 401;
    if (path === '/latest/meta-data/placement/region') return 'us-west-2';
    if (path === '/latest/meta-data/iam/security-credentials/') return 'my-role';
    return path?.endsWith('/my-role') ? JSON.stringify(wire) : undefined;
  });
  const aws = await openNodeAws({ env: { AWS_EC2_METADATA_SERVICE_ENDPOINT: url }, clock: systemClock });
  assert.equal(await aws.region(signal), 'us-west-2');
  assert.deepEqual(await aws.credentials(signal), expected);
  assert.equal(seen[0]?.method, 'PUT');
});

test('a pod identity’s agent is shown the token of the file', async (t) => {
  const { url, seen } = await serve(t, () => JSON.stringify(wire));
  const env = {
    AWS_REGION: 'eu-west-1',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/v1/credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: await tokenFile(t),
  };
  const aws = await openNodeAws({ env, clock: systemClock });
  assert.deepEqual(await aws.credentials(signal), expected);
  assert.equal(seen[0]?.headers.authorization, 'the-token');
});

test('the token is not sent over plain HTTP to another machine', async () => {
  const env = {
    AWS_REGION: 'eu-west-1',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://192.0.2.1/credentials',
    AWS_CONTAINER_AUTHORIZATION_TOKEN: 'secret',
  };
  const aws = await openNodeAws({ env, clock: systemClock });
  await assert.rejects(aws.credentials(signal), /AWS_CONTAINER_CREDENTIALS_FULL_URI.*neither an HTTPS URL/);
});

test('a service account’s token is exchanged at STS, and a refusal names the role', async (t) => {
  let refuse = false;
  const { url, seen } = await serve(t, () =>
    refuse
      ? 500
      : `<R><Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></R>`,
  );
  const env = {
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_STS: url,
    AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/efs',
    AWS_WEB_IDENTITY_TOKEN_FILE: await tokenFile(t),
  };
  const aws = await openNodeAws({ env, clock: systemClock });
  assert.deepEqual(await aws.credentials(signal), expected);
  const sent = new URLSearchParams(seen[0]?.body);
  assert.deepEqual(
    [sent.get('Action'), sent.get('RoleArn'), sent.get('WebIdentityToken')],
    ['AssumeRoleWithWebIdentity', env.AWS_ROLE_ARN, 'the-token'],
  );
  refuse = true;
  const another = await openNodeAws({ env, clock: systemClock });
  await assert.rejects(another.credentials(signal), { kind: 'unavailable', message: /role\/efs/ });
});

test('a node without a region or a machine that tells says which variable to set', async () => {
  const aws = await openNodeAws({ env: { AWS_EC2_METADATA_DISABLED: 'true' }, clock: systemClock });
  await assert.rejects(aws.region(signal), /AWS_REGION.*switched off/);
});
