// npm test: every test this machine can run; what it skips is named at the end, with how to enable it.
// Arguments are test files or globs, and flags of node --test, for a part of it. BERTH_CONFORMANCE=full builds what takes
// minutes as well: the real Kubernetes of the conformance tests.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { berthNode, ensureInstalled, root } from './bootstrap.mjs';

ensureInstalled({ dev: true });
const node = berthNode();
const chosen = process.argv.slice(2);
const everything = ['src', 'demo', 'deploy', 'bench', 'conformance'].map(
  (folder) => `${folder}/**/*.test.ts`,
);

let kubectl = process.env.KUBECTL;
if (chosen.length === 0 || process.env.BERTH_CONFORMANCE === 'full') {
  const tools = spawnSync(node, [join(root, 'conformance/tools/main.ts')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  kubectl ??= tools.stdout.trim() || undefined;
}
const scratch = mkdtempSync(join(tmpdir(), 'berth-test-'));
const tallyFile = join(scratch, 'tally.json');
const run = spawnSync(
  node,
  [
    '--disable-warning=ExperimentalWarning',
    '--test',
    '--test-concurrency=2',
    `--test-reporter=${process.stdout.isTTY ? 'spec' : 'dot'}`,
    '--test-reporter-destination=stdout',
    `--test-reporter=${join(root, 'scripts/tally-reporter.mjs')}`,
    `--test-reporter-destination=${tallyFile}`,
    ...(chosen.length > 0 ? chosen : everything),
  ],
  {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...(kubectl && { KUBECTL: kubectl }) },
  },
);

const tally = JSON.parse(
  readFileSync(tallyFile, 'utf8') || '{"passed":0,"failed":1,"skips":[],"failures":[]}',
);
rmSync(scratch, { recursive: true });
const list = (title, rows) =>
  rows.length > 0 && console.log(`\n${title}\n${rows.map((row) => `  ${row}`).join('\n')}`);
list('Failed:', tally.failures);
list(
  'Skipped:',
  tally.skips.map(({ name, reason }) => `${name}: ${reason}`),
);
console.log(`\n${tally.passed} passed, ${tally.failed} failed, ${tally.skips.length} skipped`);
process.exitCode = run.status === 0 && tally.failed === 0 ? 0 : 1;
