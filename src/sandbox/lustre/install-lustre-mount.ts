import { access, constants, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { lfsScript, statScript } from './lfs-script.ts';
import { mountScript } from './mount-script.ts';

export interface LustreMountOptions {
  /** Receives the scripts; to stand first in the node plugin's PATH. */
  readonly binDir: string;
  /** `<stateDir>/lustre/<mgsAddress>/data` exists exactly while the simulated cloud has that file system. */
  readonly stateDir: string;
  /** Where the real mount is looked for; the process' own PATH in production. */
  readonly searchPath: string;
}

/** Writes the sandbox's mount, lfs and stat. Throws where the machine has no mount program. */
export async function installLustreMount(options: LustreMountOptions): Promise<void> {
  const realMount = await findProgram('mount', options.searchPath, options.binDir);
  if (realMount === undefined) throw new Error(`no mount program in ${options.searchPath}`);
  await mkdir(options.binDir, { recursive: true, mode: 0o700 });
  for (const folder of ['lustre', 'lustre-mounts', 'lustre-faults']) {
    await mkdir(join(options.stateDir, folder), { recursive: true, mode: 0o700 });
  }
  const script = mountScript({ stateDir: options.stateDir, realMount });
  const { stateDir } = options;
  await writeFile(join(options.binDir, 'mount'), script, { mode: 0o755 });
  await writeFile(join(options.binDir, 'lfs'), lfsScript({ stateDir }), { mode: 0o755 });
  const realStat = await findProgram('stat', options.searchPath, options.binDir);
  if (realStat === undefined) return;
  await writeFile(join(options.binDir, 'stat'), statScript({ stateDir, realStat }), { mode: 0o755 });
}

async function findProgram(name: string, searchPath: string, exceptDir: string): Promise<string | undefined> {
  // A cleaned environment's PATH often lacks the sbin directories and even /bin.
  const directories = [...searchPath.split(delimiter), '/usr/bin', '/bin', '/usr/sbin', '/sbin'];
  for (const directory of directories) {
    if (directory === '' || directory === exceptDir) continue;
    const path = join(directory, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
