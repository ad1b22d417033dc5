import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../testing/run.ts';

export interface SanityRun {
  /** csi-sanity itself. */
  readonly program: string;
  readonly sockets: { readonly controller: string; readonly node: string };
  /** Of the StorageClass. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Bytes of a volume, and of one that was expanded; csi-sanity's own where absent. */
  readonly sizes?: { readonly volume: bigint; readonly expanded: bigint };
}

/** What csi-sanity says at its end: `… 36 Passed | 0 Failed | 1 Pending | 60 Skipped`. */
export interface SanityResult {
  readonly passed: number;
  readonly line: string;
}

/** Runs every spec in a directory of its own. Fails the test with the first failure, and where hardly any spec ran. */
export async function runSanity({ program, sockets, parameters, sizes }: SanityRun): Promise<SanityResult> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-sanity-'));
  try {
    const file = join(directory, 'parameters.yaml');
    await writeFile(file, JSON.stringify(parameters));
    const done = await run(
      program,
      [
        `-csi.endpoint=${sockets.node}`,
        `-csi.controllerendpoint=${sockets.controller}`,
        `-csi.testvolumeparameters=${file}`,
        ...(sizes === undefined
          ? []
          : [`-csi.testvolumesize=${sizes.volume}`, `-csi.testvolumeexpandsize=${sizes.expanded}`]),
        `-csi.mountdir=${join(directory, 'mount')}`,
        `-csi.stagingdir=${join(directory, 'staging')}`,
        '-ginkgo.no-color',
      ],
      { timeoutMs: 300_000 },
    );
    assert.equal(done.exitCode, 0, firstFailure(done.stdout));
    const match = /(\d+) Passed \| 0 Failed \| \d+ Pending \| \d+ Skipped/.exec(done.stdout);
    const passed = Number(match?.[1] ?? 0);
    assert.ok(passed >= 30, `only ${passed} specs ran`);
    return { passed, line: match?.[0] ?? '' };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The first failure is the one to read: what follows often only stumbles over what it left behind. */
function firstFailure(output: string): string {
  const start = output.indexOf('[FAILED]');
  return start < 0 ? output.slice(-2000) : output.slice(Math.max(0, start - 200), start + 2500);
}
