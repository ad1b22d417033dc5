import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { createFakeClock, type FakeClock } from '../../../../async/testing/fake-clock.ts';
import { openAuthority } from '../../../pki/authority.ts';
import { type AwsCloud, type AwsCloudOptions, startAwsCloud } from '../start-aws-cloud.ts';

export interface Answer {
  readonly status: number;
  /** `x-amzn-ErrorType` */
  readonly error: string | undefined;
  /** As it came, and parsed where it is JSON. */
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface CallOptions {
  readonly body?: unknown;
  /** Of the long-lived key that signs; `none`: it is not signed. */
  readonly accessKeyId?: string;
  readonly region?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestCloud {
  readonly cloud: AwsCloud;
  readonly clock: FakeClock;
  /** `path` below `/2015-02-01/`. */
  efs(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** An action of the query protocol. */
  query(fields: Readonly<Record<string, string>>, options?: CallOptions): Promise<Answer>;
  restart(options?: TestCloudOptions): Promise<void>;
}

export type TestCloudOptions = Partial<Omit<AwsCloudOptions, 'stateDir' | 'tls'>>;

/** A simulated AWS on a fake clock that runs 1:1, and a client without retries that trusts it. */
export async function startTestCloud(t: TestContext, options: TestCloudOptions = {}): Promise<TestCloud> {
  const stateDir = await mkdtemp(join(tmpdir(), 'berth-aws-cloud-'));
  const authority = await openAuthority(join(stateDir, 'pki'));
  const names = { commonName: 'aws', dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] };
  const tls = await authority.issue(names);
  const clock = createFakeClock();
  const start = (more: TestCloudOptions) =>
    startAwsCloud({ stateDir, tls, clock, timeScale: 1, ...options, ...more });
  let cloud = await start({});
  const agent = new Agent({ keepAlive: true, ca: authority.caCertificate });
  t.after(async () => {
    agent.destroy();
    await cloud.close();
    await rm(stateDir, { recursive: true, force: true });
  });
  const call = (
    method: string,
    path: string,
    service: string,
    body: string | undefined,
    more: CallOptions,
  ) => {
    const signed = more.accessKeyId === 'none' ? {} : authorization(service, clock.now(), more);
    const headers = { ...signed, ...more.headers };
    return send(agent, new URL(path, cloud.url), method, headers, body);
  };
  return {
    get cloud() {
      return cloud;
    },
    clock,
    efs: (method, path, more = {}) => {
      const body = more.body === undefined ? undefined : JSON.stringify(more.body);
      return call(method, `/2015-02-01/${path}`, 'elasticfilesystem', body, more);
    },
    query: (fields, more = {}) => call('POST', '/', 'sts', new URLSearchParams(fields).toString(), more),
    restart: async (more = {}) => {
      await cloud.close();
      cloud = await start(more);
    },
  };
}

/** Long-lived keys are taken without a look at the signature. */
function authorization(service: string, now: number, { accessKeyId = 'any', region }: CallOptions) {
  const date = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${date.slice(0, 8)}/${region ?? 'eu-central-1'}/${service}/aws4_request`;
  return {
    'x-amz-date': date,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=host;x-amz-date, Signature=00`,
  };
}

async function send(
  agent: Agent,
  url: URL,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request(url, { agent, method, headers }, (response) => {
    const read = async (): Promise<Answer> => {
      const content = await text(response);
      const type = response.headers['x-amzn-errortype'];
      return {
        status: response.statusCode ?? 0,
        error: typeof type === 'string' ? type : undefined,
        text: content,
        body: content.startsWith('{') ? JSON.parse(content) : {},
      };
    };
    read().then(resolve, reject);
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
}
