import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { formatLogLine, type LogStream } from './cri-log-line.ts';

/** The CRI's limit for one entry. */
const ENTRY_CHARACTERS = 16_384;

export interface CriLogWriter {
  write(stream: LogStream, chunk: Buffer): void;
  /** Writes what has no newline yet, and closes the file. */
  close(): void;
}

/**
 * Writes what a container says, line by line with the time. Past `maxBytes` the file becomes `<path>.1`, replacing the one
 * before, so that a container never takes more than twice that.
 */
export function openCriLog(path: string, maxBytes: number, now: () => number): CriLogWriter {
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  const rest = { stdout: '', stderr: '' };
  let file = openSync(path, 'a', 0o600);
  let size = fstatSync(file).size;

  const append = (entries: string) => {
    if (entries === '') return;
    if (size >= maxBytes) {
      closeSync(file);
      renameSync(path, `${path}.1`);
      file = openSync(path, 'a', 0o600);
      size = 0;
    }
    size += writeSync(file, entries);
  };
  const entriesOf = (stream: LogStream, text: string) => {
    const time = new Date(now()).toISOString().replace('Z', '000000Z');
    const entry = (part: string, partial: boolean) => formatLogLine({ time, stream, partial, text: part });
    let entries = '';
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      for (; end - from > ENTRY_CHARACTERS; from += ENTRY_CHARACTERS)
        entries += entry(text.slice(from, from + ENTRY_CHARACTERS), true);
      entries += entry(text.slice(from, end), false);
      from = end + 1;
    }
    for (; text.length - from > ENTRY_CHARACTERS; from += ENTRY_CHARACTERS)
      entries += entry(text.slice(from, from + ENTRY_CHARACTERS), true);
    rest[stream] = text.slice(from);
    return entries;
  };

  return {
    write: (stream, chunk) => append(entriesOf(stream, rest[stream] + decoders[stream].write(chunk))),
    close() {
      for (const stream of ['stdout', 'stderr'] as const) {
        if (rest[stream] !== '') append(entriesOf(stream, `${rest[stream]}\n`));
      }
      closeSync(file);
    },
  };
}
