import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mountScript } from './mount-script.ts';
import { standInStunnel } from './stand-in-stunnel.ts';

export interface NfsMountOptions {
  /** Receives `mount`, in front of the one that may be there, and `stunnel`. To stand first in the node plugin's PATH. */
  readonly binDir: string;
  /** Of `startNfsServers`. */
  readonly socketPath: string;
  /** Where the real mount and stunnel are looked for. */
  readonly searchPath: string;
}

/** Writes the sandbox's mount helper for NFS, and a stunnel where the machine has none. */
export async function installNfsMount({ binDir, socketPath, searchPath }: NfsMountOptions): Promise<void> {
  await mkdir(binDir, { recursive: true, mode: 0o700 });
  const directories = [...searchPath.split(delimiter), '/usr/bin', '/bin', '/usr/sbin', '/sbin'];
  const realMount = await find('mount', directories, binDir);
  if (realMount === undefined) throw new Error(`no mount program in ${searchPath}`);
  const here = join(binDir, 'mount');
  const program = fileURLToPath(new URL('./mount-main.ts', import.meta.url));
  const next = await setAside(here, program);
  const command = [process.execPath, ...process.execArgv, program, socketPath, realMount];
  await writeFile(here, mountScript({ next: next ?? realMount, program: command }), { mode: 0o755 });
  if ((await find('stunnel', directories, binDir)) === undefined)
    await writeFile(join(binDir, 'stunnel'), standInStunnel(process.execPath), { mode: 0o755 });
}

/** Another simulated file system's helper, which passes on what is not its own, makes room; an own one of before does not. */
async function setAside(here: string, program: string): Promise<string | undefined> {
  const next = `${here}.next`;
  const text = await readFile(here, 'utf8').catch(() => '');
  if (text !== '' && !text.includes(program)) await rename(here, next);
  return access(next).then(
    () => next,
    () => undefined,
  );
}

async function find(
  name: string,
  directories: readonly string[],
  except: string,
): Promise<string | undefined> {
  for (const directory of directories) {
    if (directory === '' || directory === except) continue;
    const path = join(directory, name);
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}
