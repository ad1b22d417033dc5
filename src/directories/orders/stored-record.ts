import * as z from 'zod/mini';
import type { DirectoryRecord } from '../directories-port.ts';
import { recordSchema } from '../wire.ts';

/**
 * How far a volume's directory is. `making`: it may stand, empty and closed to all; `made`: it stands and is being
 * opened; `ready`; `removing`: it may be set aside already; `archived` and `retained`: the volume is gone, the data stays.
 */
export type RecordState = 'making' | 'made' | 'ready' | 'removing' | 'archived' | 'retained';

export interface StoredRecord extends DirectoryRecord {
  readonly state: RecordState;
}

const storedSchema = z.extend(recordSchema, {
  version: z.literal(1),
  state: z.enum(['making', 'made', 'ready', 'removing', 'archived', 'retained']),
});

export function formatRecord(record: StoredRecord): string {
  const { volume, driver, base, path, mode, uid, gid, onDelete, capacityBytes, projectId, state } = record;
  const fields = { version: 1, volume, state, driver, base, path, mode, uid, gid, onDelete, projectId };
  return `${JSON.stringify({ ...fields, capacityBytes: String(capacityBytes) }, undefined, 2)}\n`;
}

/** Throws where the text is no record of this version. */
export function parseRecord(text: string): StoredRecord {
  const { version: _, projectId, ...record } = storedSchema.parse(JSON.parse(text));
  return { ...record, projectId };
}

export function withoutState({ state: _, ...record }: StoredRecord): DirectoryRecord {
  return record;
}
