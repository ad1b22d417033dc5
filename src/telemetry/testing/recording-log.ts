import { format } from 'node:util';
import type { Log } from '../log.ts';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export interface RecordingLog extends Log {
  readonly lines: readonly LogLine[];
  /** All of it as text, errors with stack and cause: for asserting that something is not there. */
  text(): string;
}

/** A log that a test can read. */
export function createRecordingLog(): RecordingLog {
  const lines: LogLine[] = [];
  const writer = (bindings: object): Log => {
    const write = (level: LogLine['level']) => (fields: object, message: string) => {
      lines.push({ level, fields: { ...bindings, ...fields }, message });
    };
    return {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      child: (more) => writer({ ...bindings, ...more }),
    };
  };
  return {
    ...writer({}),
    lines,
    text: () =>
      lines.map(({ level, fields, message }) => format('%s %s %O', level, message, fields)).join('\n'),
  };
}
