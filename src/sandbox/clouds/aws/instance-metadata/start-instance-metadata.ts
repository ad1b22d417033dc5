import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../../../async/clock.ts';
import type { Identities } from '../identity/identities.ts';
import { zoneOf } from '../network.ts';

export interface InstanceMetadataOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly region: string;
  readonly account: string;
  /** The last letter of the machine's zone. */
  readonly letter: string;
  readonly identities: Identities;
  readonly clock: Clock;
}

const INSTANCE_ID = 'i-0be57500000000001';
const ROLE = 'sandbox-node';

/**
 * The instance metadata service of the sandbox's one node, version 2 only: without a session token it answers 401, as a
 * machine with `HttpTokens=required` does.
 */
export async function startInstanceMetadata(
  options: InstanceMetadataOptions,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const sessions = new Map<string, number>();
  const server = createServer((request, response) => {
    request.resume();
    const { status, body } = answer(request, sessions, options);
    response.writeHead(status, { 'Content-Type': 'text/plain' }).end(body);
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly body?: string;
}

function answer(
  { headers, method, url = '/' }: IncomingMessage,
  sessions: Map<string, number>,
  options: InstanceMetadataOptions,
): Answer {
  const now = options.clock.now();
  const path = url.replace(/\/+$/, '');
  if (path === '/latest/api/token') {
    const lifetime = Number(headers['x-aws-ec2-metadata-token-ttl-seconds'] ?? Number.NaN);
    if (method !== 'PUT') return { status: 405 };
    if (!(lifetime >= 1 && lifetime <= 21_600)) return { status: 400 };
    const token = randomBytes(40).toString('base64');
    sessions.set(token, now + lifetime * 1000);
    return { status: 200, body: token };
  }
  const token = headers['x-aws-ec2-metadata-token'];
  if (typeof token !== 'string' || now >= (sessions.get(token) ?? 0)) return { status: 401 };
  const body = values(options, now)[path]?.();
  return body === undefined ? { status: 404 } : { status: 200, body };
}

function values(
  { region, account, letter, identities }: InstanceMetadataOptions,
  now: number,
): Readonly<Record<string, () => string>> {
  const zone = zoneOf(region, letter);
  const document = {
    accountId: account,
    architecture: 'x86_64',
    availabilityZone: zone.name,
    instanceId: INSTANCE_ID,
    instanceType: 'm5.large',
    region,
    version: '2017-09-30',
  };
  return {
    '/latest/meta-data/instance-id': () => INSTANCE_ID,
    '/latest/meta-data/placement/region': () => region,
    '/latest/meta-data/placement/availability-zone': () => zone.name,
    '/latest/meta-data/placement/availability-zone-id': () => zone.id,
    '/latest/dynamic/instance-identity/document': () => JSON.stringify(document),
    '/latest/meta-data/iam/security-credentials': () => ROLE,
    [`/latest/meta-data/iam/security-credentials/${ROLE}`]: () => {
      const session = { account, roleName: ROLE, sessionName: INSTANCE_ID, lifetimeSeconds: 21_600 };
      const key = identities.issue(session, now);
      return JSON.stringify({
        Code: 'Success',
        Type: 'AWS-HMAC',
        AccessKeyId: key.accessKeyId,
        SecretAccessKey: key.secretAccessKey,
        Token: key.sessionToken,
        LastUpdated: new Date(now).toISOString(),
        Expiration: new Date(key.expiration).toISOString(),
      });
    },
  };
}
