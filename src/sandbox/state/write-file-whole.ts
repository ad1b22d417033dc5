import { rename, rm, writeFile } from 'node:fs/promises';

/** Writes a file so that a reader, or a start after a kill, sees the old text or the new one, never a part. */
export async function writeFileWhole(path: string, text: string, mode = 0o600): Promise<void> {
  const draft = `${path}.${process.pid}.new`;
  try {
    await writeFile(draft, text, { mode });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
