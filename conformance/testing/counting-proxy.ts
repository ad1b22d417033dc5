import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type RequestOptions, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** One request on its way through. */
export interface PassingRequest {
  readonly method: string;
  readonly path: string;
}

/** What a test does at a request. `goOn` hands it on and returns the answer's status; a rejection cuts the connection. */
export type Passage = (request: PassingRequest, goOn: () => Promise<number>) => Promise<unknown>;

export interface CountingProxy {
  readonly url: string;
  close(): Promise<void>;
}

/** An HTTPS server that hands every request on to `target` and tells `passage` of those that `counts` picks. */
export async function startCountingProxy(options: {
  readonly target: string;
  readonly tls: { readonly cert: string; readonly key: string };
  readonly ca: string;
  readonly counts: (request: PassingRequest) => boolean;
  readonly passage: Passage;
}): Promise<CountingProxy> {
  const { target, tls, ca, counts, passage } = options;
  const server = createServer(tls, (incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const passing = { method: incoming.method ?? '', path: (incoming.url ?? '').replace(/\?.*/, '') };
    const counted = counts(passing);
    const body = await buffer(incoming);
    const handOn = () => ask(new URL(incoming.url ?? '', target), incoming, ca, body);
    if (!counted) return stream(await handOn(), outgoing);
    let answered = () => {};
    await passage(passing, async () => {
      const answer = await handOn();
      const content = await buffer(answer);
      answered = () => outgoing.writeHead(answer.statusCode ?? 0, answer.headers).end(content);
      return answer.statusCode ?? 0;
    });
    answered();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A watch has no end, so it is passed on as it comes. */
function stream(answer: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
  answer.pipe(outgoing);
  outgoing.on('close', () => answer.destroy());
}

async function ask(url: URL, incoming: IncomingMessage, ca: string, body: Buffer): Promise<IncomingMessage> {
  const options: RequestOptions = { headers: incoming.headers, ca, agent: false };
  const asked = request(url, { ...options, ...(incoming.method && { method: incoming.method }) });
  asked.end(body);
  const [answer] = await once(asked, 'response');
  return answer;
}
