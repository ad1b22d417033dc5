import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OpenApiDocuments } from '../discovery/openapi.ts';
import { openApiV2Protobuf, openApiV2ProtobufAnswer } from '../discovery/openapi-v2-protobuf.ts';
import type { Answer, ApiRequest } from '../requests/api-request.ts';
import type { ServerState } from '../server-state.ts';
import { authenticate } from './authenticate.ts';
import { dispatch, pageNotFound } from './dispatch.ts';
import { readBody } from './read-body.ts';
import { failureStatus, methodNotAllowed, StatusError } from './status-error.ts';

export interface RequestServices {
  readonly state: ServerState;
  readonly openApi: OpenApiDocuments;
  /** Aborted when the server closes: ends watches and logs. */
  readonly closing: AbortSignal;
}

const healthPaths = new Set(['/healthz', '/livez', '/readyz']);

/** Answers one request; never rejects. */
export async function handleRequest(
  services: RequestServices,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A client that goes away in the middle of an answer is no error of the server's.
  response.on('error', () => {});
  try {
    const url = new URL(incoming.url ?? '/', 'https://localhost');
    if (healthPaths.has(url.pathname.replace(/(?<=.)\/.*$/, ''))) return void sendText(response, 'ok');
    if (url.pathname === '/version') return void sendJson(response, 200, versionInfo(services.state.version));
    const user = authenticate(incoming.headers, services.state.tokens);
    const request = await readRequest(services, incoming, response, url, user);
    await send(await answer(services, request), response);
  } catch (error) {
    sendError(services.state, error, response);
  }
}

async function readRequest(
  { closing }: RequestServices,
  incoming: IncomingMessage,
  response: ServerResponse,
  url: URL,
  user: string,
): Promise<ApiRequest> {
  const method = incoming.method ?? 'GET';
  return {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    user,
    body: method === 'GET' ? Buffer.alloc(0) : await readBody(incoming),
    untilGone: () => signalOf(response, closing),
  };
}

function signalOf(response: ServerResponse, closing: AbortSignal): AbortSignal {
  const gone = new AbortController();
  if (response.destroyed) gone.abort();
  response.once('close', () => gone.abort());
  return AbortSignal.any([gone.signal, closing]);
}

async function answer({ state, openApi }: RequestServices, request: ApiRequest): Promise<Answer> {
  const { path, method } = request;
  if (path.startsWith('/api/') || path.startsWith('/apis/') || path === '/api' || path === '/apis') {
    return dispatch(state, request);
  }
  if (method !== 'GET') throw methodNotAllowed();
  if (path === '/')
    return {
      code: 200,
      json: JSON.stringify({
        paths: ['/api', '/apis', '/healthz', '/openapi/v2', '/openapi/v3', '/version'],
      }),
    };
  if (path === '/openapi/v2' && !acceptsJson(request)) {
    if (request.headers.accept?.includes(openApiV2Protobuf))
      return { code: 200, json: openApi.protobuf(), contentType: openApiV2ProtobufAnswer };
    const message = `only the following media types are accepted: application/json, ${openApiV2Protobuf}`;
    throw new StatusError('NotAcceptable', message, {});
  }
  const document = openApi.find(path);
  if (document === undefined) return pageNotFound;
  return { code: 200, json: document };
}

function acceptsJson({ headers }: ApiRequest): boolean {
  return /application\/json|\*\/\*|application\/\*/.test(headers.accept ?? '*/*');
}

async function send(reply: Answer, response: ServerResponse): Promise<void> {
  if ('stream' in reply) return reply.stream(response);
  for (const warning of reply.warnings ?? []) {
    // RFC 9111's Warning header in the form kubectl prints: code, no agent, quoted text.
    response.appendHeader('Warning', `299 - "${warning.replace(/["\\]/g, '\\$&')}"`);
  }
  sendBody(response, reply.code, reply.contentType ?? 'application/json', reply.json);
}

function sendError(state: ServerState, error: unknown, response: ServerResponse): void {
  if (!(error instanceof StatusError)) state.log.error({ err: error }, 'a request to the API server failed');
  if (response.headersSent) return void response.destroy();
  const message = error instanceof Error ? error.message : String(error);
  const status =
    error instanceof StatusError
      ? error
      : new StatusError('InternalError', `Internal error occurred: ${message}`);
  if (status.details?.retryAfterSeconds !== undefined) {
    response.setHeader('Retry-After', String(status.details.retryAfterSeconds));
  }
  sendJson(response, status.code, failureStatus(status));
}

function sendJson(response: ServerResponse, code: number, body: object): void {
  sendBody(response, code, 'application/json', JSON.stringify(body));
}

function sendText(response: ServerResponse, text: string): void {
  sendBody(response, 200, 'text/plain; charset=utf-8', text);
}

function sendBody(response: ServerResponse, code: number, contentType: string, text: string): void {
  const body = Buffer.from(text);
  response.writeHead(code, {
    'Content-Type': contentType,
    'Content-Length': body.length,
    'Cache-Control': 'no-cache, private',
  });
  response.end(body);
}

function versionInfo(gitVersion: string): object {
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? [];
  return {
    major,
    minor,
    gitVersion,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '2026-01-01T00:00:00Z',
    goVersion: process.version,
    compiler: 'node',
    platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
  };
}
