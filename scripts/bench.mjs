// npm run bench: one benchmark, or all of them in turn, which takes an hour. Each has --help.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { berthNode, ensureInstalled, root } from './bootstrap.mjs';

ensureInstalled({ dev: true });
const bench = join(root, 'bench');
const names = readdirSync(bench, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['client', 'results'].includes(entry.name))
  .map(({ name }) => name);
const [first, ...rest] = process.argv.slice(2);
if (first !== undefined && !names.includes(first)) {
  console.error(`usage: npm run bench [-- ${names.join('|')} [flags]]`);
  process.exitCode = 2;
} else {
  for (const name of first === undefined ? names : [first]) {
    const args = ['--disable-warning=ExperimentalWarning', join(bench, name, 'main.ts'), ...rest];
    const { status } = spawnSync(berthNode(), args, { stdio: 'inherit' });
    process.exitCode ||= status ?? 1;
  }
}
