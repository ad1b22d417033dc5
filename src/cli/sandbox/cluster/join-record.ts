import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { StateDir } from '../../../sandbox/state/state-dir.ts';
import { writeFileWhole } from '../../../sandbox/state/write-file-whole.ts';

const joinRecord = z.object({
  kubeconfig: z.string(),
  context: z.string(),
  nodeName: z.string(),
  /** In an annotation of everything that the sandbox makes there. */
  owner: z.string(),
});

/** Which cluster a sandbox has joined: written before anything is made there, so that a stop after a kill can take it back. */
export type JoinRecord = z.infer<typeof joinRecord>;

/** Marks what a sandbox has made in a cluster of the user's; the value is its `owner`. */
export const OWNER_ANNOTATION = 'berth-sandbox/owner';

const fileOf = (dir: StateDir) => join(dir.root, 'joined.json');

export async function writeJoinRecord(dir: StateDir, about: Omit<JoinRecord, 'owner'>): Promise<JoinRecord> {
  const record = { ...about, owner: randomUUID() };
  await writeFileWhole(fileOf(dir), JSON.stringify(record), 0o600);
  return record;
}

export async function readJoinRecord(dir: StateDir): Promise<JoinRecord | undefined> {
  const text = await readFile(fileOf(dir), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : z.parse(joinRecord, JSON.parse(text));
}

export function removeJoinRecord(dir: StateDir): Promise<void> {
  return rm(fileOf(dir), { force: true });
}
