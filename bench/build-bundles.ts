import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { repository } from '../conformance/testing/berth.ts';

/** The bundles that the image holds: from sources a plugin would be larger and slower than anybody's. */
export function buildBundles(directory: string): string {
  const outdir = join(directory, 'bundles');
  const built = spawnSync(process.execPath, [join(repository, 'scripts/build.mjs'), '--outdir', outdir], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (built.status !== 0) throw new Error('the bundles could not be built');
  return outdir;
}
