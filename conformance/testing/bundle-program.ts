import { join } from 'node:path';
import { build } from 'esbuild';
import { repository } from './berth.ts';

/** One plugin as one file in `directory`: it starts in a third of the time that the sources take. Returns its path. */
export async function bundleProgram(role: 'controller' | 'node', directory: string): Promise<string> {
  const outfile = join(directory, `${role}.cjs`);
  await build({
    entryPoints: [join(repository, `src/cli/${role}-main.ts`)],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
    logLevel: 'error',
  });
  return outfile;
}
