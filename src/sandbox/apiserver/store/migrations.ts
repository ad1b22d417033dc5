import type { DatabaseSync } from 'node:sqlite';

/** Step n brings a file of schema version n to n + 1. Never change one that was released: add the next. */
const migrations: readonly ((database: DatabaseSync) => void)[] = [
  (database) =>
    database.exec(`
      CREATE TABLE objects (
        resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
        revision INTEGER NOT NULL, written_ms INTEGER NOT NULL, json TEXT NOT NULL,
        PRIMARY KEY (resource, namespace, name)
      ) WITHOUT ROWID;
      CREATE TABLE log (
        revision INTEGER PRIMARY KEY, type TEXT NOT NULL,
        resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, json TEXT NOT NULL
      );
    `),
];

export const schemaVersion: number = migrations.length;

/** A state file that a newer Berth wrote, that is no state file, or that another process holds. */
export class StateFileError extends Error {
  override readonly name = 'StateFileError';
}

/** Brings the file to the newest schema in one transaction. */
export function migrate(database: DatabaseSync, file: string): void {
  const found = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (found > schemaVersion) {
    throw new StateFileError(
      `the state file ${file} has schema version ${found}, this Berth knows versions up to ${schemaVersion}: ` +
        'use the Berth that wrote it, or start with another state directory',
    );
  }
  if (found === schemaVersion) return;
  database.exec('BEGIN IMMEDIATE');
  for (const step of migrations.slice(found)) step(database);
  database.exec(`PRAGMA user_version = ${schemaVersion}; COMMIT`);
}
