// npm run check: everything that needs no test run. Each check prints its name; the first failure ends it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { berthNode, ensureInstalled, root } from './bootstrap.mjs';

ensureInstalled({ dev: true });
const node = berthNode();
const bin = (name) => join(root, 'node_modules/.bin', name);

const checks = [
  ['format and lint', bin('biome'), ['ci', '--colors=off', '.']],
  ['types', bin('tsc'), []],
  ['generated code', node, [join(root, 'scripts/generate.mjs'), '--check']],
  ['bundles', node, [join(root, 'scripts/build.mjs'), '--check']],
  ['exact versions', node, [join(root, 'scripts/check-manifest.mjs')]],
];

for (const [name, program, args] of checks) {
  console.log(`check: ${name}`);
  if (spawnSync(program, args, { cwd: root, stdio: 'inherit' }).status !== 0) {
    console.error(`check: ${name} failed`);
    process.exit(1);
  }
}
