import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface VolumeFile {
  /** Below the volume, e.g. `app/config.yaml`. */
  readonly path: string;
  readonly content: Buffer;
  /** Permission bits. */
  readonly mode: number;
}

/** Makes the directory hold exactly these files. Secrets are never readable by others: their directories are not. */
export async function writeFileVolume(directory: string, files: readonly VolumeFile[]): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o755 });
  const wanted = new Set(files.map(({ path }) => path));
  const present = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of present) {
    const path = join(entry.parentPath, entry.name).slice(directory.length + 1);
    if (!entry.isDirectory() && !wanted.has(path)) await rm(join(directory, path));
  }
  for (const { path, content, mode } of files) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true, mode: 0o755 });
    // A read-only file from before cannot be opened for writing where root is none.
    await rm(file, { force: true });
    await writeFile(file, content);
    await chmod(file, mode);
  }
}
