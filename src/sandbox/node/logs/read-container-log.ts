import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../../../async/clock.ts';
import { type LogLine, parseLogLine } from './cri-log-line.ts';

export interface ContainerLogOptions {
  /** The current file; a rotated one lies beside it as `<path>.1`. */
  readonly path: string;
  readonly follow: boolean;
  readonly timestamps: boolean;
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
  /** RFC 3339. */
  readonly sinceTime: string | undefined;
  /** Whether more may come. */
  readonly isRunning: () => boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** How soon a followed log shows a new line. */
const POLL_MS = 100;

/** What a container said, as kubectl logs shows it. */
export function readContainerLog(options: ContainerLogOptions): Readable {
  return Readable.from(limited(lines(options), options.limitBytes), { objectMode: false });
}

async function* limited(
  chunks: AsyncIterable<Buffer>,
  limitBytes: number | undefined,
): AsyncGenerator<Buffer> {
  let left = limitBytes ?? Number.POSITIVE_INFINITY;
  for await (const chunk of chunks) {
    yield chunk.byteLength > left ? chunk.subarray(0, left) : chunk;
    left -= chunk.byteLength;
    if (left <= 0) return;
  }
}

async function* lines(options: ContainerLogOptions): AsyncGenerator<Buffer> {
  const since = options.sinceTime === undefined ? undefined : Date.parse(options.sinceTime);
  const show = (line: LogLine) => toText(line, options.timestamps);
  const wanted = (line: LogLine | undefined): line is LogLine =>
    line !== undefined && (since === undefined || Date.parse(line.time) >= since);

  // Opened before the past is read, so that a rotation in between loses nothing.
  const current = await openIfThere(options.path);
  try {
    const end = current === undefined ? 0 : (await current.stat()).size;
    yield* past(options, end, wanted, show);
    if (!options.follow) return;
    for await (const line of following(options, current, end)) if (wanted(line)) yield show(line);
  } finally {
    await current?.close();
  }
}

async function* past(
  { path, tailLines }: ContainerLogOptions,
  end: number,
  wanted: (line: LogLine | undefined) => line is LogLine,
  show: (line: LogLine) => Buffer,
): AsyncGenerator<Buffer> {
  const tail: LogLine[] = [];
  for await (const line of stored(path, end)) {
    if (!wanted(line)) continue;
    if (tailLines === undefined) yield show(line);
    else {
      tail.push(line);
      if (tail.length > tailLines * 2 + 1) tail.splice(0, tail.length - tailLines);
    }
  }
  for (const line of tailLines === undefined || tailLines === 0 ? [] : tail.slice(-tailLines))
    yield show(line);
}

async function* stored(path: string, end: number): AsyncGenerator<LogLine | undefined> {
  for (const [file, last] of [
    [`${path}.1`, undefined],
    [path, end - 1],
  ] as const) {
    if (last === -1) continue;
    const stream = createReadStream(file, last === undefined ? {} : { end: last });
    try {
      for await (const entry of createInterface({ input: stream })) yield parseLogLine(entry);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

/** The entries after `position`, across rotations, until the container has ended and all is read. */
async function* following(
  options: ContainerLogOptions,
  opened: FileHandle | undefined,
  start: number,
): AsyncGenerator<LogLine | undefined> {
  let file = opened;
  let position = start;
  let rest = '';
  let decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(65_536);
  try {
    while (!options.signal.aborted) {
      // Asked before reading: what is written after a "no" does not exist.
      const running = options.isRunning();
      file ??= await openIfThere(options.path);
      const { bytesRead } =
        file === undefined ? { bytesRead: 0 } : await file.read(buffer, 0, buffer.length, position);
      if (bytesRead > 0) {
        position += bytesRead;
        const entries = (rest + decoder.write(buffer.subarray(0, bytesRead))).split('\n');
        rest = entries.pop() ?? '';
        for (const entry of entries) yield parseLogLine(entry);
        continue;
      }
      const next = await openIfRotated(options.path, file);
      if (next !== undefined) {
        if (file !== opened) await file?.close();
        file = next;
        position = 0;
        decoder = new StringDecoder('utf8');
      } else if (running) {
        await options.clock.sleep(POLL_MS, options.signal).catch(() => {});
      } else return;
    }
  } finally {
    if (file !== opened) await file?.close();
  }
}

async function openIfRotated(path: string, file: FileHandle | undefined): Promise<FileHandle | undefined> {
  if (file === undefined) return undefined;
  const now = await openIfThere(path);
  if (now === undefined) return undefined;
  if ((await now.stat()).ino !== (await file.stat()).ino) return now;
  await now.close();
  return undefined;
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function toText({ time, text, partial }: LogLine, timestamps: boolean): Buffer {
  return Buffer.from(`${timestamps ? `${time} ` : ''}${text}${partial ? '' : '\n'}`);
}
