import { DatabaseSync } from 'node:sqlite';

/** Held for as long as a sandbox runs; the kernel lets go of it when the process dies, however it dies. */
export interface StateLock {
  release(): void;
}

/** Takes the lock, or answers undefined when another process holds it. */
export function acquireStateLock(file: string): StateLock | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    database.exec('PRAGMA busy_timeout = 0');
    database.exec('BEGIN EXCLUSIVE');
    return { release: () => database?.close() };
  } catch (cause) {
    database?.close();
    if (isBusy(cause)) return undefined;
    throw new Error(`the lock file ${file} cannot be used; it holds nothing and may be removed`, { cause });
  }
}

/** SQLITE_BUSY, result code 5 of sqlite3.h. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5;
}
