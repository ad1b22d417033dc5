import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A Python that has the libraries of `requirements.txt`, or the sentence a skipped test prints. */
export type PythonEnvironment = { readonly python: string } | { readonly missing: string };

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const OLDEST = '3.9';
const INSTALL_WITHIN_MS = 5 * 60_000;

/** Makes the virtual environment once, outside the checkout, and finds it again by what it holds. */
export async function preparePython(env: NodeJS.ProcessEnv = process.env): Promise<PythonEnvironment> {
  const given = env.BERTH_AZURE_SDK_PYTHON;
  if (given) return { python: given };
  const version = pythonVersion();
  if (version === undefined) {
    return missing(`python3 ${OLDEST} or newer with its venv module is not here: install it`);
  }
  const parent = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'berth/python');
  const content = createHash('sha256').update(version).update(readFileSync(REQUIREMENTS)).digest('hex');
  const directory = join(parent, `azure-sdk-${content.slice(0, 16)}`);
  if (!existsSync(directory)) {
    const failure = await install(parent, directory);
    if (failure !== undefined) return missing(`its libraries could not be installed with pip (${failure})`);
  }
  return { python: join(directory, 'bin/python') };
}

function missing(reason: string): PythonEnvironment {
  return {
    missing: `Microsoft's Python libraries were not run against the simulated Azure: ${reason}; or set BERTH_AZURE_SDK_PYTHON to a Python that has conformance/azure-sdk/requirements.txt`,
  };
}

/** Built beside its place and moved there whole, so that an installation cut off is never taken for one. */
async function install(parent: string, directory: string): Promise<string | undefined> {
  await mkdir(parent, { recursive: true });
  const scratch = await mkdtemp(join(parent, '.build-'));
  try {
    const python = join(scratch, 'bin/python');
    const failure =
      run('python3', ['-m', 'venv', scratch]) ??
      run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS]);
    if (failure === undefined) await rename(scratch, directory);
    return failure;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function run(command: string, args: readonly string[]): string | undefined {
  const done = spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: INSTALL_WITHIN_MS,
  });
  if (done.status === 0) return undefined;
  return done.error?.message ?? done.stderr.trim().split('\n').at(-1) ?? 'no reason given';
}

function pythonVersion(): string | undefined {
  const script =
    'import sys, venv; print("%d.%d" % sys.version_info[:2]); sys.exit(sys.version_info < (3, 9))';
  const answer = spawnSync('python3', ['-c', script], { encoding: 'utf8' });
  return answer.status === 0 ? answer.stdout.trim() : undefined;
}
