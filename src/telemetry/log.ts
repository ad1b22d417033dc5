import { type Logger, pino } from 'pino';

/** The part of a logger that Berth's code uses. Fields first, then a sentence. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(bindings: object): Log;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** JSON lines on standard error; errors under `err` keep their stack and cause. */
export function createLog(level: LogLevel, bindings: object = {}): Log {
  const logger: Logger = pino({ level, base: null }, pino.destination({ fd: 2, sync: true }));
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
