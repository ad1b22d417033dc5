import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
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
    if (!(await holds(file, content, mode))) await replace(file, content, mode);
  }
}

async function holds(file: string, content: Buffer, mode: number): Promise<boolean> {
  try {
    return ((await stat(file)).mode & 0o777) === mode && content.equals(await readFile(file));
  } catch {
    return false;
  }
}

/** A program that reads the file at this moment sees the old content or the new, as with kubelet's. */
async function replace(file: string, content: Buffer, mode: number): Promise<void> {
  const draft = `${file}.new`;
  await rm(draft, { force: true });
  await writeFile(draft, content);
  await chmod(draft, mode);
  await rename(draft, file);
}
