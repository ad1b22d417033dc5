import { chmod, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import type { StateDir } from './state-dir.ts';
import { writeFileWhole } from './write-file-whole.ts';

/** Raised when the layout of the directory changes in a way that an older Berth could not read. */
const FORMAT = 1;

const markerFile = z.object({ format: z.number() });

/** A directory that cannot be, or must not become, a sandbox's. The message is a sentence for the user. */
export class StateDirError extends Error {
  override readonly name = 'StateDirError';
}

/**
 * Makes the directory a sandbox's, for its owner only, or finds that it is one already. A directory with anything else in
 * it is refused: its mode would be changed, and `stop --purge` would remove it.
 *
 * @throws StateDirError
 */
export async function claimStateDir(dir: StateDir): Promise<void> {
  if (!(await isStateDir(dir))) {
    await makeDirectory(dir.root);
    const found = await readdir(dir.root);
    if (found.length > 0) {
      throw new StateDirError(
        `${dir.root} is not a sandbox's (it holds ${found.slice(0, 3).join(', ')}); name a new or an empty directory`,
      );
    }
    await chmod(dir.root, 0o700);
    await writeFileWhole(dir.marker, `${JSON.stringify({ format: FORMAT })}\n`);
  }
  for (const part of [dir.pki, dir.azure, dir.bin, dir.kubelet, dir.logs, join(dir.root, 'controller')]) {
    await mkdir(part, { recursive: true, mode: 0o700 });
  }
}

/**
 * Whether a sandbox has claimed the directory; false also where there is none.
 *
 * @throws StateDirError when a later Berth wrote it
 */
export async function isStateDir(dir: StateDir): Promise<boolean> {
  const text = await readFile(dir.marker, 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  const { format } = readMarker(text) ?? { format: FORMAT };
  if (format <= FORMAT) return true;
  throw new StateDirError(
    `${dir.root} was written by a later version of Berth (format ${format}, this one reads up to ${FORMAT}); use that version, or name another directory`,
  );
}

function readMarker(text: string): z.infer<typeof markerFile> | undefined {
  try {
    return z.safeParse(markerFile, JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function makeDirectory(root: string): Promise<void> {
  try {
    // In two steps, because a recursive mkdir in a file system that takes no directories never returns (Node, /proc).
    await mkdir(dirname(root), { recursive: true });
    await mkdir(root, { mode: 0o700 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const isDirectory = await readdir(root).then(
      () => true,
      () => false,
    );
    if (code !== 'EEXIST' || !isDirectory) {
      throw new StateDirError(`${root} cannot be made a directory for the sandbox`, { cause });
    }
  }
}
