import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A Python that has what `requirements.txt` names, or the sentence a skipped test prints. */
export type PythonEnvironment = { readonly python: string } | { readonly missing: string };

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const INSTALL_WITHIN_MS = 8 * 60_000;

/** Makes the virtual environment with the `aws` command line and moto once, outside the checkout, and finds it again. */
export async function preparePython(env: NodeJS.ProcessEnv = process.env): Promise<PythonEnvironment> {
  const given = env.BERTH_AWS_PYTHON;
  if (given) return { python: given };
  const version = run('python3', ['-c', 'import sys, venv; print("%d.%d" % sys.version_info[:2])']);
  if ('failure' in version) return missing('python3 with its venv module is not here: install it');
  const parent = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'berth/python');
  const content = createHash('sha256').update(version.text).update(readFileSync(REQUIREMENTS)).digest('hex');
  const directory = join(parent, `aws-${content.slice(0, 16)}`);
  if (!existsSync(directory)) {
    const failure = await install(parent, directory);
    if (failure !== undefined) return missing(`it could not be installed with pip (${failure})`);
  }
  return { python: join(directory, 'bin/python') };
}

function missing(reason: string): PythonEnvironment {
  return {
    missing: `the aws command line and moto were not run against the simulated AWS: ${reason}; or set BERTH_AWS_PYTHON to a Python that has conformance/aws-sdk/requirements.txt`,
  };
}

/** Built beside its place and moved there whole, so that an installation cut off is never taken for one. */
async function install(parent: string, directory: string): Promise<string | undefined> {
  await mkdir(parent, { recursive: true });
  const scratch = await mkdtemp(join(parent, '.build-'));
  try {
    const python = join(scratch, 'bin/python');
    for (const [command, args] of [
      ['python3', ['-m', 'venv', scratch]],
      [python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS]],
    ] as const) {
      const done = run(command, args);
      if ('failure' in done) return done.failure;
    }
    await rename(scratch, directory);
    return undefined;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function run(
  command: string,
  args: readonly string[],
): { readonly text: string } | { readonly failure: string } {
  const done = spawnSync(command, args, { encoding: 'utf8', timeout: INSTALL_WITHIN_MS });
  if (done.status === 0) return { text: done.stdout.trim() };
  return { failure: done.error?.message ?? done.stderr.trim().split('\n').at(-1) ?? 'no reason given' };
}
