import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { Answer, Step } from './exchange.ts';

/** An answer that has not ended by now is a stream that nobody asked for. */
const NO_END_MS = 10_000;

/** One of the two API servers, as its client sees it. */
export interface ApiEndpoint {
  send(step: Step): Promise<Answer>;
  /** Opens the step's stream, calls `whenOpen` and reads until the wanted lines are there or the server ends it. */
  stream(step: Step, lines: number, whenOpen: () => Promise<void>): Promise<Answer>;
  close(): void;
}

export interface EndpointOptions {
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  readonly authorization: string;
}

/** A stream that has said nothing for so long is not going to say what the other server's did. */
const SILENCE_MS = 4_000;

export function openEndpoint({ url, ca, authorization }: EndpointOptions): ApiEndpoint {
  const agent = new Agent({ ca, keepAlive: true });
  const tokens = { nobody: undefined, stranger: 'Bearer no-such-token', administrator: authorization };

  const open = async (step: Step, signal?: AbortSignal): Promise<IncomingMessage> => {
    const text = bodyText(step.body);
    const token = tokens[step.as ?? 'administrator'];
    const headers = {
      Accept: 'application/json',
      'User-Agent': 'differential/1.0',
      ...(text !== undefined && {
        'Content-Type': 'application/json',
        'Content-Length': String(Buffer.byteLength(text)),
      }),
      ...(token !== undefined && { Authorization: token }),
      ...step.headers,
    };
    const options = { method: step.method, agent, headers, ...(signal && { signal }) };
    const request = httpsRequest(`${url}${step.path}`, options);
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    request.end(text);
    const [response] = await answered;
    return response.setEncoding('utf8');
  };

  return {
    async send(step) {
      const response = await open(step, AbortSignal.timeout(NO_END_MS));
      return answerOf(response, parseBody(response, (await response.toArray()).join('')));
    },
    async stream(step, lines, whenOpen) {
      const ended = new AbortController();
      const response = await open(step, ended.signal);
      if (response.statusCode !== 200) {
        return answerOf(response, parseBody(response, (await response.toArray()).join('')));
      }
      await whenOpen();
      const events = await readLines(response, lines);
      ended.abort();
      return answerOf(response, events);
    },
    close: () => agent.destroy(),
  };
}

function bodyText(body: unknown): string | undefined {
  return body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
}

function answerOf(response: IncomingMessage, body: unknown): Answer {
  const warnings = response.headersDistinct.warning ?? [];
  return { status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', warnings, body };
}

function parseBody(response: IncomingMessage, text: string): unknown {
  if (!(response.headers['content-type'] ?? '').startsWith('application/json') || text === '') return text;
  return JSON.parse(text) as unknown;
}

async function readLines(response: IncomingMessage, wanted: number): Promise<unknown[]> {
  const events: unknown[] = [];
  let rest = '';
  const silence = setTimeout(() => response.destroy(), SILENCE_MS);
  response.on('error', () => {});
  try {
    for await (const chunk of response as AsyncIterable<string>) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      events.push(...lines.map((line) => JSON.parse(line) as unknown));
      if (events.length >= wanted) break;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  } finally {
    clearTimeout(silence);
  }
  return events;
}
