import http from 'node:http';
import https from 'node:https';
import type { Clock } from '../async/clock.ts';
import { KubeConnectionError } from './client.ts';
import type { ClusterConfig, Credentials } from './cluster-config.ts';
import { type Environment, isLoopback, proxyFor } from './proxy.ts';

export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query below the server's own path prefix. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  /** Ends the request and, after it, the response stream. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the headers of the answer must be there. */
  readonly timeoutMs: number;
  /** Watches get connections of their own, so that they never take those of the other requests. */
  readonly longLived?: boolean;
}

/** Sends requests to one API server. Rejects with KubeConnectionError, or with the signal's reason when aborted. */
export type Transport = (request: TransportRequest) => Promise<http.IncomingMessage>;

export interface TransportOptions {
  readonly config: ClusterConfig;
  readonly environment: Environment;
  readonly userAgent: string;
  readonly clock: Clock;
}

/** Plenty for a hundred workers, few enough for an API server behind a small load balancer. */
const maxConnections = 64;
/** The kernel asks an idle peer after this time; a vanished one is found ten seconds later (libuv's probe interval). */
const tcpKeepAliveMs = 30_000;

/** @throws TypeError when the server's URL is not https, or http elsewhere than on loopback. */
export function openTransport({ config, environment, userAgent, clock }: TransportOptions): Transport {
  const server = new URL(config.server);
  checkScheme(server);
  const agents = agentCache(config, server, environment);
  const prefix = server.pathname.replace(/\/$/, '');

  const attempt = async (request: TransportRequest, renew: boolean) => {
    const credentials = await config.credentials(renew);
    const options: https.RequestOptions = {
      protocol: server.protocol,
      hostname: server.hostname.replace(/^\[|\]$/g, ''),
      port: server.port || (server.protocol === 'https:' ? 443 : 80),
      path: prefix + request.path,
      method: request.method,
      agent: agents(credentials, request.longLived ?? false),
      headers: {
        accept: 'application/json',
        'user-agent': userAgent,
        ...(credentials.authorization !== undefined && { authorization: credentials.authorization }),
        ...(request.body !== undefined && {
          'content-type': request.contentType ?? 'application/json',
          'content-length': Buffer.byteLength(request.body),
        }),
      },
    };
    return await send(options, request, config.server, clock);
  };

  return async (request) => {
    const response = await attempt(request, false);
    if (response.statusCode !== 401) return response;
    response.resume();
    return await attempt(request, true);
  };
}

function checkScheme(server: URL): void {
  if (server.protocol === 'https:') return;
  if (server.protocol === 'http:' && isLoopback(server.hostname.replace(/^\[|\]$/g, ''))) return;
  throw new TypeError(
    `API server ${server.href}: only https:// is allowed (http:// only on a loopback address), because credentials go over it`,
  );
}

/** Two agents per client certificate; a certificate that changes (a plugin renewed it) gets new ones. */
function agentCache(config: ClusterConfig, server: URL, environment: Environment) {
  const proxy = config.proxyUrl ?? proxyFor(server, environment);
  let current: { cert: string | undefined; short: http.Agent; long: http.Agent } | undefined;

  const newAgent = (credentials: Credentials, maxSockets: number): http.Agent => {
    const shared = { keepAlive: true, keepAliveMsecs: tcpKeepAliveMs, maxSockets };
    if (server.protocol === 'http:') return new http.Agent(shared);
    return new https.Agent({
      ...shared,
      ...(proxy !== undefined && { proxyEnv: { HTTPS_PROXY: proxy } }),
      ...(config.ca !== undefined && { ca: config.ca }),
      ...(config.insecureSkipTlsVerify && { rejectUnauthorized: false }),
      ...(config.tlsServerName !== undefined && { servername: config.tlsServerName }),
      ...credentials.certificate,
    });
  };

  return (credentials: Credentials, longLived: boolean): http.Agent => {
    const cert = credentials.certificate?.cert;
    if (current === undefined || current.cert !== cert) {
      current = {
        cert,
        short: newAgent(credentials, maxConnections),
        long: newAgent(credentials, Number.POSITIVE_INFINITY),
      };
    }
    return longLived ? current.long : current.short;
  };
}

async function send(
  options: https.RequestOptions,
  request: TransportRequest,
  server: string,
  clock: Clock,
): Promise<http.IncomingMessage> {
  const answered = new AbortController();
  try {
    return await new Promise((resolve, reject) => {
      const client = options.protocol === 'https:' ? https : http;
      const outgoing = client.request({ ...options, ...(request.signal && { signal: request.signal }) });
      outgoing.once('response', resolve);
      outgoing.on('error', reject);
      clock.sleep(request.timeoutMs, answered.signal).then(
        () => outgoing.destroy(new Error(`no answer within ${request.timeoutMs / 1000} s`)),
        () => {},
      );
      outgoing.end(request.body);
    });
  } catch (error) {
    if (request.signal?.aborted) throw request.signal.reason;
    throw new KubeConnectionError(
      `${request.method} ${server}${request.path.split('?')[0]}: ${describe(error)}`,
      { cause: error },
    );
  } finally {
    answered.abort();
  }
}

/** A dual-stack refusal is an AggregateError whose own message is empty. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join('; ');
  return error instanceof Error ? error.message : String(error);
}
