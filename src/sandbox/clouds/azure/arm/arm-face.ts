import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { HttpFace, HttpReply } from '../../http/listen-https.ts';
import { ArmError, armErrorBody } from './arm-error.ts';
import type { ArmRequest, ArmResponse } from './arm-request.ts';
import type { ArmOutcome } from './serve-arm.ts';

/** ARM takes bodies of four mebibytes. */
const LARGEST_BODY = 4 * 2 ** 20;

/** `handle` over HTTP, with the headers every answer of ARM has. */
export function armFace(handle: (request: ArmRequest) => Promise<ArmOutcome>): HttpFace {
  return {
    cloud: 'Azure',
    async answer(incoming) {
      const body = await readBody(incoming);
      if (body === undefined) return reply(incoming, tooLarge());
      const request = armRequest(incoming, body);
      const outcome = request === undefined ? badUri() : await handle(request);
      return outcome === 'lost' ? 'lost' : reply(incoming, outcome);
    },
    broken: (incoming) =>
      reply(incoming, errorResponse(500, 'InternalServerError', 'The sandbox failed; see its log.')),
  };
}

/** Undefined where the host or the path is none. */
function armRequest(incoming: IncomingMessage, body: Buffer): ArmRequest | undefined {
  const { headers } = incoming;
  const baseUrl = `https://${headers.host ?? 'localhost'}`;
  const url = URL.parse(incoming.url ?? '/', baseUrl);
  if (url === null) return undefined;
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    authorization: headers.authorization,
    contentType: headers['content-type'],
    body,
    baseUrl,
  };
}

/** The whole body, or undefined where it is larger than ARM takes; the rest is read and dropped. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of incoming) {
    size += part.length;
    if (size <= LARGEST_BODY) parts.push(part);
  }
  return size <= LARGEST_BODY ? Buffer.concat(parts) : undefined;
}

function tooLarge(): ArmResponse {
  const message = `The request content size exceeds the maximum size of '${LARGEST_BODY}' bytes.`;
  return errorResponse(413, 'RequestContentTooLarge', message);
}

function badUri(): ArmResponse {
  return errorResponse(400, 'InvalidRequestUri', 'The request URI or its host is invalid.');
}

function errorResponse(status: number, code: string, message: string): ArmResponse {
  return { status, body: armErrorBody(new ArmError(status, code, message)) };
}

function reply(incoming: IncomingMessage, response: ArmResponse): HttpReply {
  const body = response.body === undefined ? '' : JSON.stringify(response.body);
  return {
    status: response.status,
    headers: {
      ...requestIds(incoming),
      'Cache-Control': 'no-cache',
      Pragma: 'no-cache',
      Expires: '-1',
      'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
      'X-Content-Type-Options': 'nosniff',
      ...(body === '' ? {} : { 'Content-Type': 'application/json; charset=utf-8' }),
      ...response.headers,
    },
    body,
  };
}

function requestIds({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  const id = randomUUID();
  const client = headers['x-ms-client-request-id'];
  const wanted = headers['x-ms-return-client-request-id'] === 'true' && typeof client === 'string';
  const correlation = headers['x-ms-correlation-request-id'];
  return {
    'x-ms-request-id': id,
    'x-ms-correlation-request-id': typeof correlation === 'string' ? correlation : id,
    'x-ms-routing-request-id': `SANDBOX:${new Date().toISOString()}:${id}`,
    ...(wanted ? { 'x-ms-client-request-id': client } : {}),
  };
}
