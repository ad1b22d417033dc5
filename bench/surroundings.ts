import { readFile } from 'node:fs/promises';
import { availableParallelism, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { repository } from '../conformance/testing/berth.ts';

/** When, where and of what a result was measured. */
export async function surroundings(versions: Readonly<Record<string, string>> = {}) {
  const { version } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as {
    version: string;
  };
  return {
    date: new Date().toISOString(),
    machine: {
      cores: availableParallelism(),
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      kernel: release(),
      load: loadavg()[0] ?? 0,
    },
    versions: { berth: version, node: process.versions.node, ...versions },
  };
}
