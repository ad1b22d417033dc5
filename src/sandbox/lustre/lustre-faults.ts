import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the simulated mount helper can be made to do. */
export interface LustreFaults {
  /** Seconds before it starts its work. */
  readonly delay?: number;
  /** Ends with this errno value and its text. */
  readonly fail?: { readonly errno: number; readonly reason: string };
  /**
   * Stays stuck, as against an MGS that says nothing, and outlives its killed parent; mounts late once this is cleared.
   * All file systems, or that of one MGS address.
   */
  readonly hang?: boolean | string;
}

/** Replaces the faults now set; an empty object clears them and lets a stuck helper go on. */
export async function setLustreFaults(stateDir: string, faults: LustreFaults): Promise<void> {
  const directory = join(stateDir, 'lustre-faults');
  const contents = {
    delay: faults.delay === undefined ? undefined : `${faults.delay}\n`,
    fail: faults.fail && `${faults.fail.errno}\n${faults.fail.reason}\n`,
    hang: typeof faults.hang === 'string' ? `${faults.hang}\n` : faults.hang ? '' : undefined,
  };
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const [name, content] of Object.entries(contents)) {
    if (content === undefined) await rm(join(directory, name), { force: true });
    else await writeFile(join(directory, name), content);
  }
}
