/** A watch event carries one object; etcd's own limit for one is 1.5 MiB, so this is far beyond any honest line. */
const maxLineBytes = 64 * 1024 * 1024;

/**
 * Splits a byte stream at line feeds and parses each line. The cut is made on bytes, so a character whose bytes come
 * in two chunks stays whole. A last line without line feed is a cut stream and is dropped.
 *
 * @throws SyntaxError for a line that is not JSON.
 */
export async function* jsonLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<unknown, void, undefined> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      const line = Buffer.concat([...pending, chunk.subarray(start, end)]);
      pending = [];
      pendingBytes = 0;
      start = end + 1;
      if (line.length > 0) yield JSON.parse(line.toString('utf8'));
    }
    if (start < chunk.length) {
      pending.push(chunk.subarray(start));
      pendingBytes += chunk.length - start;
    }
    if (pendingBytes > maxLineBytes) throw new SyntaxError(`a line of more than ${maxLineBytes} bytes`);
  }
}
