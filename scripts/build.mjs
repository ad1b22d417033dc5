// npm run build: one minified CommonJS file per role. CommonJS, because an ES module that imports node:http loads
// Node's fetch as well (12 MB); see docs/decisions/0003-bundles.md. --check builds and holds the sizes to budget.
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, root } from './bootstrap.mjs';

ensureInstalled({ dev: true });
const { build } = await import('esbuild');

/** Roles, their entry files, and what each bundle may weigh in kilobytes. */
const roles = [
  { name: 'node', entry: 'src/cli/node-main.ts', budgetKb: 900, without: ['@azure/', 'sandbox/'] },
  { name: 'controller', entry: 'src/cli/controller-main.ts', budgetKb: 3000, without: ['sandbox/'] },
  { name: 'berth', entry: 'src/cli/main.ts', budgetKb: 6000, without: [] },
];

const outdir = join(root, 'dist');
rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir);

let failed = false;
for (const role of roles) {
  const outfile = join(outdir, `${role.name}.cjs`);
  const { metafile } = await build({
    entryPoints: [join(root, role.entry)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    keepNames: true,
    sourcemap: 'external',
    metafile: true,
    logLevel: 'error',
  });
  const kilobytes = Math.round(statSync(outfile).size / 1000);
  const strangers = role.without.filter((part) =>
    Object.keys(metafile.inputs).some((path) => path.includes(part)),
  );
  const over = kilobytes > role.budgetKb;
  failed ||= over || strangers.length > 0;
  console.log(
    `${role.name}: ${kilobytes} kB of ${role.budgetKb}${over ? ', over budget' : ''}` +
      (strangers.length > 0 ? `, and it must not hold ${strangers.join(', ')}` : ''),
  );
}
process.exitCode = failed ? 1 : 0;
