import { DatabaseSync } from 'node:sqlite';
import { migrate, StateFileError } from './migrations.ts';

export interface ObjectRow {
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly revision: number;
  readonly writtenMs: number;
  readonly json: string;
}

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

export interface LogRow extends Omit<ObjectRow, 'writtenMs'> {
  readonly type: ChangeType;
}

/** The state file: every object and the newest changes. Each change is one committed transaction. */
export interface ObjectDatabase {
  objects(): Iterable<ObjectRow>;
  /** Oldest first. */
  log(): Iterable<LogRow>;
  commit(type: ChangeType, row: ObjectRow): void;
  /** Forgets changes up to and including `revision`. */
  trimLog(revision: number): void;
  close(): void;
}

/** @throws StateFileError where the file is another process's, a newer Berth's or no database. */
export function openObjectDatabase(file: string): ObjectDatabase {
  const database = open(file);
  const upsert = database.prepare(
    'INSERT INTO objects (resource, namespace, name, revision, written_ms, json) VALUES (?, ?, ?, ?, ?, ?) ' +
      'ON CONFLICT DO UPDATE SET revision = excluded.revision, written_ms = excluded.written_ms, json = excluded.json',
  );
  const remove = database.prepare('DELETE FROM objects WHERE resource = ? AND namespace = ? AND name = ?');
  const append = database.prepare(
    'INSERT INTO log (revision, type, resource, namespace, name, json) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const trim = database.prepare('DELETE FROM log WHERE revision <= ?');
  const begin = database.prepare('BEGIN IMMEDIATE');
  const end = database.prepare('COMMIT');
  return {
    objects: () =>
      database
        .prepare('SELECT resource, namespace, name, revision, written_ms AS writtenMs, json FROM objects')
        .iterate() as Iterable<unknown> as Iterable<ObjectRow>,
    log: () =>
      database
        .prepare('SELECT revision, type, resource, namespace, name, json FROM log ORDER BY revision')
        .iterate() as Iterable<unknown> as Iterable<LogRow>,
    commit(type, { resource, namespace, name, revision, writtenMs, json }) {
      begin.run();
      try {
        if (type === 'DELETED') remove.run(resource, namespace, name);
        else upsert.run(resource, namespace, name, revision, writtenMs, json);
        append.run(revision, type, resource, namespace, name, json);
        end.run();
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
    trimLog: (revision) => void trim.run(revision),
    close: () => database.close(),
  };
}

function open(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    // Exclusive: two servers on one file would each believe their own memory. WAL without a sync per commit survives a
    // killed process, not a power cut, which is what a sandbox needs.
    database.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ' +
        'PRAGMA journal_size_limit = 4194304; PRAGMA auto_vacuum = INCREMENTAL; BEGIN IMMEDIATE; COMMIT;',
    );
    migrate(database, file);
    return database;
  } catch (error) {
    database.close();
    if (error instanceof StateFileError) throw error;
    throw new StateFileError(stateFileMessage(file, error), { cause: error });
  }
}

const SQLITE_BUSY = 5;
const SQLITE_NOTADB = 26;

function stateFileMessage(file: string, error: unknown): string {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  if (code === SQLITE_BUSY) return `the state file ${file} is in use by another process`;
  if (code === SQLITE_NOTADB)
    return `the state file ${file} is not a Berth state file: move it away to start anew`;
  return `the state file ${file} cannot be opened: ${error instanceof Error ? error.message : String(error)}`;
}
