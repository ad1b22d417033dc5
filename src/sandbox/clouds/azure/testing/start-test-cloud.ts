import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createFakeClock, type FakeClock } from '../../../../async/testing/fake-clock.ts';
import { openAuthority } from '../../../pki/authority.ts';
import { type AzureCloud, type AzureCloudOptions, startAzureCloud } from '../start-azure-cloud.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON, or undefined for an empty body. */
  readonly body: unknown;
  /** What the body has at a path such as `value.0.name`; undefined where it has nothing. */
  at(path: string): unknown;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly apiVersion?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestCloud {
  readonly cloud: AzureCloud;
  readonly clock: FakeClock;
  readonly stateDir: string;
  /** PEM of the authority that the cloud's certificate is from. */
  readonly ca: string;
  readonly tls: { readonly cert: string; readonly key: string };
  /** `path` starts with a slash, or is a whole URL such as a nextLink or a polling URL. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** The cloud stops and starts again on its state. */
  restart(options?: TestCloudOptions): Promise<void>;
}

export type TestCloudOptions = Partial<Omit<AzureCloudOptions, 'stateDir' | 'tls'>>;

export const API_VERSION = '2026-08-01';

let certificate: Promise<{ readonly ca: string; readonly cert: string; readonly key: string }> | undefined;

/** One authority serves all the tests of a file. */
async function testCertificate() {
  const directory = await mkdtemp(join(tmpdir(), 'berth-azure-pki-'));
  const authority = await openAuthority(directory);
  const names = { commonName: 'arm', dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] };
  const issued = await authority.issue(names);
  await rm(directory, { recursive: true });
  return { ca: authority.caCertificate, ...issued };
}

/** A simulated Azure on a fake clock that runs 1:1, and a client without retries that trusts it. */
export async function startTestCloud(t: TestContext, options: TestCloudOptions = {}): Promise<TestCloud> {
  certificate ??= testCertificate();
  const tls = await certificate;
  const stateDir = await mkdtemp(join(tmpdir(), 'berth-azure-'));
  const clock = createFakeClock();
  const start = (more: TestCloudOptions) =>
    startAzureCloud({ stateDir, tls, clock, timeScale: 1, ...options, ...more });
  let cloud = await start({});
  const agent = new Agent({ keepAlive: true, ca: tls.ca });
  t.after(async () => {
    agent.destroy();
    await cloud.close();
    await rm(stateDir, { recursive: true, force: true });
  });
  return {
    get cloud() {
      return cloud;
    },
    clock,
    stateDir,
    ca: tls.ca,
    tls,
    call: (method, path, more = {}) => send(agent, cloud.url, method, path, more),
    restart: async (more = {}) => {
      await cloud.close();
      cloud = await start(more);
    },
  };
}

function send(
  agent: Agent,
  base: string,
  method: string,
  path: string,
  options: CallOptions,
): Promise<Answer> {
  const url = new URL(path, base);
  const version = options.apiVersion === undefined ? API_VERSION : options.apiVersion;
  if (version !== null && !url.searchParams.has('api-version')) url.searchParams.set('api-version', version);
  const body = typeof options.body === 'string' ? options.body : JSON.stringify(options.body);
  const headers = {
    authorization: 'Bearer any',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...options.headers,
  };
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request(url, { agent, method, headers }, (response) => {
    const parts: Buffer[] = [];
    response.on('data', (part: Buffer) => parts.push(part));
    response.on('error', reject);
    response.on('end', () => {
      const text = Buffer.concat(parts).toString('utf8');
      const parsed: unknown = text === '' ? undefined : JSON.parse(text);
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: parsed,
        at: (wanted) => wanted.split('.').reduce(step, parsed),
      });
    });
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

function step(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
