import { type Logger, pino } from 'pino';

/** The part of a logger that Berth's code uses. Fields first, then a sentence. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(bindings: object): Log;
}

const STANDARD_ERROR = 2;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** JSON lines on standard error, or appended to `file`; errors under `err` keep their stack and cause. */
export function createLog(level: LogLevel, bindings: object = {}, file?: string): Log {
  const dest = file ?? STANDARD_ERROR;
  const logger: Logger = pino({ level, base: null }, pino.destination({ dest, sync: true, mode: 0o600 }));
  return logger.child(bindings);
}

const nothing = () => {};
export const silentLog: Log = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLog,
};
