import { type Duplex, PassThrough, type Readable } from 'node:stream';
import { dataFrame, pingFrame, readFrames, synReplyFrame } from './frames.ts';
import { createHeaderCodec } from './header-codec.ts';

/** A stream that the client has opened. */
export interface SpdyStream {
  readonly headers: ReadonlyMap<string, string>;
  /** What the client sends on it, to its end or the connection's. */
  readonly incoming: Readable;
  /** Resolves when the connection has taken it. */
  send(data: Buffer, last: boolean): Promise<void>;
}

/** DATA frames carry 24 bits of length; kubelet's own are as big as its buffers. */
const MOST_BYTES = 64 * 1024;

/**
 * The server's side of a SPDY/3.1 connection on which only the client opens streams. Flow control is left out, as in the
 * library that kubelet and its clients use. Resolves when the client has closed it, or went away.
 */
export async function serveSpdy(
  socket: Duplex,
  head: Buffer,
  onStream: (stream: SpdyStream) => void,
): Promise<void> {
  const codec = createHeaderCodec();
  const streams = new Map<number, PassThrough>();
  const write = (frame: Buffer) =>
    new Promise<void>((resolve) => {
      if (socket.writable) socket.write(frame, () => resolve());
      else resolve();
    });
  const send = async (stream: number, data: Buffer, last: boolean) => {
    for (let at = 0; at + MOST_BYTES < data.length; at += MOST_BYTES)
      await write(dataFrame(stream, data.subarray(at, at + MOST_BYTES), false));
    const rest =
      data.length === 0 ? data : data.subarray(Math.floor((data.length - 1) / MOST_BYTES) * MOST_BYTES);
    await write(dataFrame(stream, rest, last));
  };
  if (head.length > 0) socket.unshift(head);
  try {
    for await (const frame of readFrames(socket)) {
      if (frame.type === 'go-away') return;
      if (frame.type === 'ping') void write(pingFrame(frame.id));
      if (frame.type === 'rst-stream') streams.get(frame.stream)?.end();
      if (frame.type === 'data') {
        if (frame.data.length > 0) streams.get(frame.stream)?.write(frame.data);
        if (frame.last) streams.get(frame.stream)?.end();
      }
      if (frame.type === 'syn-stream') {
        const incoming = new PassThrough();
        streams.set(frame.stream, incoming);
        const headers = await codec.decode(frame.headers);
        void write(synReplyFrame(frame.stream, await codec.encode(new Map())));
        if (frame.last) incoming.end();
        onStream({ headers, incoming, send: (data, last) => send(frame.stream, data, last) });
      }
    }
  } finally {
    for (const incoming of streams.values()) incoming.end();
    codec.close();
  }
}
