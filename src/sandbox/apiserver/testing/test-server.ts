import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../../async/clock.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { silentLog } from '../../../telemetry/log.ts';
import { makeAuthorityCertificate, makeLeafCertificate } from '../../pki/certificate.ts';
import type { PodRuntime } from '../../pod-runtime.ts';
import { startApiServer } from '../start-api-server.ts';

export const testToken = 'test-token';

export interface TestServer {
  readonly url: string;
  /** A file for `kubectl --kubeconfig`. */
  readonly kubeconfig: string;
  readonly databaseFile: string;
  readonly caCertificate: string;
  /** One request, as the user of the token; the body is sent as JSON. */
  request(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<TestAnswer>;
  /** Opens a stream, a watch say, and yields its lines. */
  lines(path: string): Promise<AsyncGenerator<string, void>>;
  /** Closes the server and starts one anew on the same state. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: KubeObject & {
    readonly message?: string;
    readonly reason?: string;
    readonly items?: KubeObject[];
  };
}

export interface TestServerOptions {
  readonly clock?: Clock;
  readonly runtime?: PodRuntime;
}

const authority = makeAuthorityCertificate('test', 2);
const leaf = authority.then((pair) =>
  makeLeafCertificate(
    pair,
    { commonName: 'localhost', dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] },
    1,
  ),
);

/** An API server on a free port of loopback with its state in a directory of its own. */
export async function startTestServer({
  clock = systemClock,
  runtime,
}: TestServerOptions = {}): Promise<TestServer> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-apiserver-'));
  const caCertificate = (await authority).cert;
  const tls = await leaf;
  const databaseFile = join(directory, 'state.db');
  const start = () =>
    startApiServer({
      databaseFile,
      host: '127.0.0.1',
      port: 0,
      tls,
      tokens: new Map([[testToken, 'admin']]),
      runtime: () => runtime,
      clock,
      log: silentLog,
    });
  let server = await start();
  const agent = new Agent({ ca: caCertificate, keepAlive: true });
  const kubeconfig = join(directory, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf(server.url, caCertificate));

  const open = (method: string, path: string, body: unknown, headers: Record<string, string>) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const text = body === undefined ? '' : JSON.stringify(body);
      const defaults = {
        Authorization: `Bearer ${testToken}`,
        'Content-Type': 'application/json',
        'Content-Length': String(Buffer.byteLength(text)),
      };
      const request = httpsRequest(`${server.url}${path}`, {
        method,
        agent,
        headers: { ...defaults, ...headers },
      });
      request.on('response', resolve).on('error', reject);
      request.end(text);
    });

  return {
    get url() {
      return server.url;
    },
    kubeconfig,
    databaseFile,
    caCertificate,
    async request(method, path, body, headers = {}) {
      const response = await open(method, path, body, headers);
      const text = (await response.toArray()).join('');
      const isJson = response.headers['content-type']?.startsWith('application/json') ?? false;
      return {
        status: response.statusCode ?? 0,
        headers: response.headers,
        text,
        body: isJson ? JSON.parse(text) : {},
      };
    },
    lines: async (path) => splitLines(await open('GET', path, undefined, {})),
    async restart() {
      await server.close();
      server = await start();
      await writeFile(kubeconfig, kubeconfigOf(server.url, caCertificate));
    },
    async close() {
      agent.destroy();
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function* splitLines(response: IncomingMessage): AsyncGenerator<string, void> {
  let rest = '';
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

function kubeconfigOf(url: string, caCertificate: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [
      {
        name: 'test',
        cluster: { server: url, 'certificate-authority-data': Buffer.from(caCertificate).toString('base64') },
      },
    ],
    users: [{ name: 'test', user: { token: testToken } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  });
}
