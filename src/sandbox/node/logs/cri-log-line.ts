export type LogStream = 'stdout' | 'stderr';

export interface LogLine {
  /** RFC 3339 with nanoseconds. */
  readonly time: string;
  readonly stream: LogStream;
  /** The line goes on in the next entry: it was longer than an entry, or the program ended within it. */
  readonly partial: boolean;
  readonly text: string;
}

/** One entry of a container's log file in the CRI's form, with its newline: `TIME STREAM TAG TEXT`, tag F (full) or P (partial). */
export function formatLogLine({ time, stream, partial, text }: LogLine): string {
  return `${time} ${stream} ${partial ? 'P' : 'F'} ${text}\n`;
}

/** An entry without its newline; undefined for what is none, as after a crash in the middle of a write. */
export function parseLogLine(entry: string): LogLine | undefined {
  const match = /^(\d{4}-\S+Z) (stdout|stderr) ([FP])(?: |$)/.exec(entry);
  if (match === null) return undefined;
  const [head, time = '', stream, tag] = match;
  return { time, stream: stream as LogStream, partial: tag === 'P', text: entry.slice(head.length) };
}
