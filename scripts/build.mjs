// npm run build: one minified CommonJS file per role. CommonJS, because an ES module that imports node:http loads
// Node's fetch as well (12 MB); see docs/decisions/0003-bundles.md. --check holds the sizes to their budgets,
// --outdir puts the bundles elsewhere than in dist/.
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, root } from './bootstrap.mjs';

ensureInstalled({ dev: true });
const { build } = await import('esbuild');

/** Roles, their entry files, what each may weigh in kilobytes, and what it must not hold. */
const roles = [
  { name: 'node', entry: 'src/cli/node-main.ts', budgetKb: 900, without: ['@azure/', 'src/sandbox/'] },
  { name: 'controller', entry: 'src/cli/controller-main.ts', budgetKb: 1700, without: ['src/sandbox/'] },
  { name: 'berth', entry: 'src/cli/main.ts', budgetKb: 3000, without: [] },
];

/**
 * Packages that are imported where they are first used, if ever. Each is a file beside the bundles: in them, V8 would
 * keep its text in memory from the start.
 */
const laterPackages = ['@kubernetes/client-node'];

const fileOf = (name) => `${name.replace('@', '').replace('/', '-')}.cjs`;

const laterAsFiles = {
  name: 'later-packages-as-files',
  setup: (builder) =>
    builder.onResolve({ filter: /^@/ }, ({ path, importer }) =>
      laterPackages.includes(path) && importer !== ''
        ? { path: `./${fileOf(path)}`, external: true }
        : undefined,
    ),
};

const { values: flags } = parseArgs({
  options: { check: { type: 'boolean' }, outdir: { type: 'string', default: join(root, 'dist') } },
});
const { outdir } = flags;
const common = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  minify: true,
  keepNames: true,
  sourcemap: 'external',
  metafile: true,
  logLevel: 'error',
  absWorkingDir: root,
};

rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });
for (const name of laterPackages) {
  await build({ ...common, entryPoints: [name], outfile: join(outdir, fileOf(name)) });
}

let failed = false;
for (const role of roles) {
  const outfile = join(outdir, `${role.name}.cjs`);
  const { metafile } = await build({
    ...common,
    entryPoints: [role.entry],
    outfile,
    plugins: [laterAsFiles],
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
process.exitCode = failed && flags.check ? 1 : 0;
