import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib';

/** The words of SPDY/3's compression dictionary, 2.6.10.1: each stands there after its length in 32 bits. */
const words =
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow ' +
  'authorization cache-control connection content-base content-encoding content-language content-length ' +
  'content-location content-md5 content-range content-type date etag expect expires from host if-match ' +
  'if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma ' +
  'proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade ' +
  'user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie ' +
  'keep-alive origin';
/** What follows the words without lengths. */
const tail =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505' +
  '203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden' +
  '404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable' +
  'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT' +
  'chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,' +
  'publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.';

const dictionary = Buffer.concat([
  ...words.split(' ').flatMap((word) => prefixed(word.replace('_', ' '))),
  Buffer.from(tail),
]);

/** Header blocks of one connection: all of a direction are one zlib stream, so they must come in their order. */
export interface HeaderCodec {
  encode(headers: ReadonlyMap<string, string>): Promise<Buffer>;
  decode(block: Buffer): Promise<ReadonlyMap<string, string>>;
  close(): void;
}

export function createHeaderCodec(): HeaderCodec {
  const options = { dictionary, flush: constants.Z_SYNC_FLUSH };
  const deflate = createDeflate(options);
  const inflate = createInflate(options);
  return {
    encode: (headers) => pass(deflate, nameValueBlock(headers)),
    decode: async (block) => readNameValueBlock(await pass(inflate, block)),
    close() {
      deflate.close();
      inflate.close();
    },
  };
}

function pass(codec: Deflate | Inflate, data: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    codec.once('error', reject);
    codec.write(data, () => {
      codec.off('error', reject);
      const chunks: Buffer[] = [];
      for (let chunk = codec.read(); chunk !== null; chunk = codec.read()) chunks.push(chunk);
      resolve(Buffer.concat(chunks));
    });
  });
}

function prefixed(text: string): [Buffer, Buffer] {
  const bytes = Buffer.from(text);
  return [uint32(bytes.length), bytes];
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function nameValueBlock(headers: ReadonlyMap<string, string>): Buffer {
  const pairs = [...headers].flatMap(([name, value]) => [...prefixed(name), ...prefixed(value)]);
  return Buffer.concat([uint32(headers.size), ...pairs]);
}

function readNameValueBlock(block: Buffer): ReadonlyMap<string, string> {
  let at = 4;
  const next = () => {
    const length = block.readUInt32BE(at);
    const text = block.toString('utf8', at + 4, at + 4 + length);
    at += 4 + length;
    return text;
  };
  const headers = new Map<string, string>();
  for (let left = block.readUInt32BE(0); left > 0; left--) headers.set(next().toLowerCase(), next());
  return headers;
}
