/** A frame of SPDY/3.1, as far as a remote command has them; the others are read and left alone. */
export type Frame =
  | { readonly type: 'data'; readonly stream: number; readonly last: boolean; readonly data: Buffer }
  | { readonly type: 'syn-stream'; readonly stream: number; readonly last: boolean; readonly headers: Buffer }
  | { readonly type: 'rst-stream'; readonly stream: number }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'go-away' }
  | { readonly type: 'other' };

const HEAD_BYTES = 8;
const FLAG_FIN = 1;
const CONTROL = 0x80000000;
const VERSION = 3;
const control = { synStream: 1, synReply: 2, rstStream: 3, ping: 6, goAway: 7 } as const;

/** Frames from a byte stream, each when it is complete. */
export async function* readFrames(source: AsyncIterable<Buffer>): AsyncIterable<Frame> {
  let rest = Buffer.alloc(0);
  for await (const chunk of source) {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const length = rest.length < HEAD_BYTES ? undefined : HEAD_BYTES + rest.readUIntBE(5, 3);
      if (length === undefined || rest.length < length) break;
      yield parseFrame(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  }
}

function parseFrame(frame: Buffer): Frame {
  const first = frame.readUInt32BE(0);
  const last = (frame.readUInt8(4) & FLAG_FIN) !== 0;
  const body = frame.subarray(HEAD_BYTES);
  if (first < CONTROL) return { type: 'data', stream: first, last, data: body };
  const streamOf = () => body.readUInt32BE(0) & 0x7fffffff;
  switch (first & 0xffff) {
    case control.synStream:
      // Stream, associated stream, priority and slot come before the headers.
      return { type: 'syn-stream', stream: streamOf(), last, headers: body.subarray(10) };
    case control.rstStream:
      return { type: 'rst-stream', stream: streamOf() };
    case control.ping:
      return { type: 'ping', id: body.readUInt32BE(0) };
    case control.goAway:
      return { type: 'go-away' };
    default:
      return { type: 'other' };
  }
}

export function dataFrame(stream: number, data: Buffer, last: boolean): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(stream, 0);
  head.writeUInt8(last ? FLAG_FIN : 0, 4);
  head.writeUIntBE(data.length, 5, 3);
  return Buffer.concat([head, data]);
}

export function synReplyFrame(stream: number, headers: Buffer): Buffer {
  return controlFrame(control.synReply, stream, headers);
}

export function pingFrame(id: number): Buffer {
  return controlFrame(control.ping, id);
}

function controlFrame(type: number, first: number, rest: Buffer = Buffer.alloc(0)): Buffer {
  const frame = Buffer.alloc(HEAD_BYTES + 4);
  frame.writeUInt32BE(CONTROL + VERSION * 0x10000 + type, 0);
  frame.writeUIntBE(4 + rest.length, 5, 3);
  frame.writeUInt32BE(first, HEAD_BYTES);
  return Buffer.concat([frame, rest]);
}
