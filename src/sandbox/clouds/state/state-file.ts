import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** One kind of document, in order of key. */
export interface Documents<T> {
  get(key: string): T | undefined;
  all(): readonly T[];
  entries(): readonly { readonly key: string; readonly value: T }[];
  put(key: string, document: T): void;
  delete(key: string): void;
}

/** The state file is of a kind this version cannot read; the message is for the user. */
export class StateFileError extends Error {
  override readonly name = 'StateFileError';
}

/** Marks the file as ours (`PRAGMA application_id`): "brth" in ASCII. */
const APPLICATION_ID = 0x62727468;

/** Each entry takes the file from the version that is its index to the next. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE documents (
     kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
     PRIMARY KEY (kind, key)
   ) WITHOUT ROWID, STRICT;`,
];

/** What a simulated cloud remembers, in one SQLite file. */
export interface StateFile {
  documents<T>(kind: string): Documents<T>;
  /** All of the work is kept, or none of it. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens the state file, making or migrating it as needed. Written through a write-ahead log, so that a killed process
 * loses nothing it has answered for. Throws StateFileError for a file that is not ours or from a later version.
 */
export function openStateFile(file: string): StateFile {
  const database = openDatabase(file);
  return {
    documents: (kind) => openDocuments(database, kind),
    transaction: (work) => inTransaction(database, work),
    close: () => database.close(),
  };
}

function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    migrate(database, file);
    chmodSync(file, 0o600);
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === 26) {
      throw new StateFileError(`${file} is no SQLite database; move it away to start anew`, { cause: error });
    }
    throw error;
  }
}

function migrate(database: DatabaseSync, file: string): void {
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000;');
  const version = pragma(database, 'user_version');
  const owner = pragma(database, 'application_id');
  if (version > 0 && owner !== APPLICATION_ID) {
    throw new StateFileError(`${file} belongs to another program; choose another state directory`);
  }
  if (version > MIGRATIONS.length) {
    throw new StateFileError(
      `${file} was written by a later version of Berth (format ${version}, this one reads up to ${MIGRATIONS.length}); use that version, or move the file away to start anew`,
    );
  }
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < version) continue;
    database.exec(
      `BEGIN IMMEDIATE; ${statements} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${index + 1}; COMMIT;`,
    );
  }
}

function pragma(database: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
}

function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  if (database.isTransaction) return work();
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function openDocuments<T>(database: DatabaseSync, kind: string): Documents<T> {
  const get = database.prepare('SELECT body FROM documents WHERE kind = ? AND key = ?');
  const all = database.prepare('SELECT key, body FROM documents WHERE kind = ? ORDER BY key');
  const put = database.prepare('INSERT OR REPLACE INTO documents (kind, key, body) VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM documents WHERE kind = ? AND key = ?');
  const read = (body: unknown) => JSON.parse(String(body)) as T;
  const entries = () => all.all(kind).map(({ key, body }) => ({ key: String(key), value: read(body) }));
  return {
    get: (key) => {
      const row = get.get(kind, key);
      return row === undefined ? undefined : read(row.body);
    },
    all: () => entries().map(({ value }) => value),
    entries,
    put: (key, document) => void put.run(kind, key, JSON.stringify(document)),
    delete: (key) => void remove.run(kind, key),
  };
}
