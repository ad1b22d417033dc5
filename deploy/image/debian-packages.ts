import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile } from './file-hash.ts';
import { MachineLacks } from './machine-lacks.ts';
import { runProgram } from './run-program.ts';

/** The release the image is made of. Another one's libraries would bear other names. */
const codename = 'bookworm';

/** Everything of Debian that the image holds. Nothing is resolved: a new package is a decision. */
const packages = [
  'base-files',
  'tini', // process 1: reaps mount helpers whose parent was killed
  'dash', // for the entry point
  'mount', // mount and umount
  'util-linux', // unshare, for directory work in mount namespaces of its own
  'coreutils', // stat -f, mkdir and realpath, which may hang and so run as children
  'stunnel4', // the TLS tunnel of EFS mounts
  // Node's and the above's libraries.
  'libc6',
  'libgcc-s1',
  'libstdc++6',
  'gcc-12-base', // their copyright
  'libblkid1',
  'libmount1',
  'libsmartcols1',
  'libselinux1',
  'libpcre2-8-0',
  'libacl1',
  'libattr1',
  'libgmp10',
  // stunnel's.
  'libssl3',
  'libsystemd0',
  'libwrap0',
  'libcap2',
  'libgcrypt20',
  'libgpg-error0',
  'liblzma5',
  'libzstd1',
  'liblz4-1',
  'libnsl2',
  'libtirpc3',
  'libtirpc-common',
  'libgssapi-krb5-2',
  'libkrb5-3',
  'libk5crypto3',
  'libkrb5support0',
  'libcom-err2',
  'libkeyutils1',
] as const;

export interface DebianPackage {
  readonly file: string;
  readonly sha256: string;
}

/** Fetches the packages with the machine's own apt, or takes them from `cacheDir` where the newest are there. */
export async function fetchDebianPackages(cacheDir: string): Promise<readonly DebianPackage[]> {
  await refuseOtherReleases();
  await mkdir(cacheDir, { recursive: true });
  // Not in the cache's directory: apt names no file that is there already.
  const wanted = parseUris(await askApt(['--print-uris', ...packages], '/'));
  if (wanted.length !== packages.length)
    throw new Error(`apt-get named ${wanted.length} files for ${packages.length} packages`);
  const absent = [];
  for (const entry of wanted) if (!(await isThere(cacheDir, entry))) absent.push(entry);
  if (absent.length > 0) {
    await askApt(
      absent.map(({ file }) => file.slice(0, file.indexOf('_'))),
      cacheDir,
    );
  }
  for (const entry of absent)
    if (!(await isThere(cacheDir, entry))) throw new Error(`${entry.file} is not what apt's index says`);
  return wanted.map(({ file, sha256 }) => ({ file: join(cacheDir, file), sha256 }));
}

/** Lines as `'http://…' libc6_2.36-9_amd64.deb 2759320 SHA256:ba4f…`. */
function parseUris(text: string): readonly DebianPackage[] {
  return [...text.matchAll(/^'[^']+' (\S+) \d+ SHA256:([0-9a-f]{64})$/gm)].map(
    ([, file = '', sha256 = '']) => ({
      file,
      sha256,
    }),
  );
}

async function isThere(directory: string, { file, sha256 }: DebianPackage): Promise<boolean> {
  const hash = await hashFile(join(directory, file)).catch(() => undefined);
  return hash === sha256;
}

/** A machine whose package lists were taken away, as container images' are, fetches them once; only root can. */
async function askApt(args: readonly string[], cwd: string): Promise<string> {
  const ask = () => runProgram('apt-get', ['-qq', 'download', ...args], { cwd });
  try {
    return await ask().catch(async (error: unknown) => {
      if (error instanceof MachineLacks || process.geteuid?.() !== 0) throw error;
      await runProgram('apt-get', ['-qq', 'update']);
      return ask();
    });
  } catch (error) {
    if (error instanceof MachineLacks) throw error;
    throw new MachineLacks(
      `apt-get cannot download Debian packages; does apt-get update work? ${String(error)}`,
      {
        cause: error,
      },
    );
  }
}

async function refuseOtherReleases(): Promise<void> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  if (!release.includes(`VERSION_CODENAME=${codename}`))
    throw new MachineLacks(
      `the image is made of Debian 12's packages and this machine is no Debian 12; use the Dockerfile instead`,
    );
}
