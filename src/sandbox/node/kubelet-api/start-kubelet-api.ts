import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Log } from '../../../telemetry/log.ts';
import { type NodeRuntime, PodRuntimeError } from '../../pod-runtime.ts';
import { serveContainerLogs } from './serve-container-logs.ts';
import { serveExec } from './serve-exec.ts';

/** Whom a client certificate names: its common name and organizations. */
export interface CertificateUser {
  readonly name: string;
  readonly groups: readonly string[];
}

export interface KubeletApiOptions {
  readonly host: string;
  /** PEM; the API server checks it where it was told which authority to trust. */
  readonly tls: { readonly cert: string; readonly key: string };
  /** PEM of the authority that signs the API server's client certificate; nobody else is answered. */
  readonly clientCa: string;
  /** Whether that user may reach logs and commands of this node's pods. */
  readonly mayAccess: (user: CertificateUser) => Promise<boolean>;
  /** Undefined until the node runs. */
  readonly pods: () => NodeRuntime | undefined;
  readonly log: Log;
}

export interface KubeletApi {
  readonly port: number;
  close(): Promise<void>;
}

/** What a request has to work with, once its user may make it. */
export interface KubeletRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly query: URLSearchParams;
  readonly pods: NodeRuntime;
}

const podPath = /^\/(containerLogs|exec)\/([^/]+)\/([^/]+)\/([^/]+)$/;

/** The part of kubelet's HTTPS server that an API server uses: logs, commands, and statistics of volumes. */
export async function startKubeletApi(options: KubeletApiOptions): Promise<KubeletApi> {
  const { host, tls, clientCa, log } = options;
  const closing = new AbortController();
  const server = createServer({
    ...tls,
    ca: clientCa,
    requestCert: true,
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
  });
  // A followed log has no end.
  server.requestTimeout = 0;

  const admit = async (request: IncomingMessage): Promise<NodeRuntime> => {
    const user = userOf(request);
    if (user === undefined || !(await options.mayAccess(user)))
      throw new PodRuntimeError(
        403,
        `${user?.name ?? 'a client without a certificate'} may not reach this node`,
      );
    const pods = options.pods();
    if (pods === undefined) throw new PodRuntimeError(500, 'the kubelet stand-in is starting');
    return pods;
  };
  const open = async (request: IncomingMessage, wanted: string): Promise<KubeletRequest> => {
    const pods = await admit(request);
    const url = urlOf(request);
    const [, what, ...names] = podPath.exec(url.pathname) ?? [];
    const [namespace = '', pod = '', container = ''] = names.map(decodeURIComponent);
    if (what !== wanted)
      throw new PodRuntimeError(404, `the kubelet stand-in does not serve ${url.pathname}`);
    return { namespace, pod, container, query: url.searchParams, pods };
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (urlOf(request).pathname !== '/stats/summary')
      return serveContainerLogs(await open(request, 'containerLogs'), response, closing.signal);
    const stats = JSON.stringify((await admit(request)).stats());
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(stats);
  };

  server.on('request', (request, response) => {
    answer(request, response).catch((error: unknown) => refuse(response, error, log));
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {});
    open(request, 'exec')
      .then((opened) => serveExec(opened, { request, socket, head, closing: closing.signal }))
      .catch((error: unknown) => refuseUpgrade(socket, error, log));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

const urlOf = ({ url = '/' }: IncomingMessage) => new URL(url, 'https://kubelet');

function userOf({ socket }: IncomingMessage): CertificateUser | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { subject } = socket.getPeerCertificate();
  // More than one organization arrives as an array, which Node's types do not say.
  return { name: String(subject.CN ?? ''), groups: [subject.O ?? []].flat().map(String) };
}

/** kubelet answers with plain text, which the API server hands on. */
function refuse(response: ServerResponse, error: unknown, log: Log): void {
  const { status, message } = outcomeOf(error, log);
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(message);
}

function refuseUpgrade(socket: Duplex, error: unknown, log: Log): void {
  const { status, message } = outcomeOf(error, log);
  const head = [
    `HTTP/1.1 ${status} Refused`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(message)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${message}`);
}

function outcomeOf(error: unknown, log: Log): { readonly status: number; readonly message: string } {
  if (error instanceof PodRuntimeError) return error;
  log.error({ err: error }, 'a request of the API server to the node failed');
  return { status: 500, message: error instanceof Error ? error.message : String(error) };
}
