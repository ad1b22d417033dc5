// npm run build: one minified CommonJS file per role. CommonJS, because an ES module that imports node:http loads
// Node's fetch as well (12 MB); see docs/decisions/0003-bundles.md. --check holds the sizes to their budgets,
// --outdir puts the bundles elsewhere than in dist/.
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, root } from './bootstrap.mjs';

ensureInstalled({ dev: true });
const { build } = await import('esbuild');

/** Faces of drivers, which only the roles that open them hold. */
const [controllerFace, nodeFace, explainFace] = ['(open-backend|controller)', 'node', 'explain'].map(
  (file) => new RegExp(`/src/drivers/[^/]+/(?:[^/]+/)?${file}\\.ts$`),
);

/** Roles, their entry files, what is left out of them, what each may weigh in kilobytes, and what it must not hold. */
const roles = [
  {
    name: 'node',
    entry: 'src/cli/node-main.ts',
    leavesOut: [controllerFace, explainFace],
    budgetKb: 750,
    without: ['@aws-sdk/', '@azure/', 'src/sandbox/'],
  },
  {
    name: 'controller',
    entry: 'src/cli/controller-main.ts',
    leavesOut: [nodeFace, explainFace],
    budgetKb: 1000,
    without: ['src/sandbox/'],
  },
  {
    name: 'directories',
    entry: 'src/cli/directories-main.ts',
    leavesOut: [controllerFace, nodeFace, explainFace],
    budgetKb: 300,
    without: ['@aws-sdk/', '@azure/', '@grpc/', 'src/sandbox/'],
  },
  { name: 'berth', entry: 'src/cli/main.ts', leavesOut: [], budgetKb: 2300, without: [] },
];

/**
 * Packages that are imported where they are first used, if ever, by the file beside the bundles that holds them: in a
 * bundle, V8 would keep their text in memory from the start. Packages of one file share what they have in common.
 */
const laterFiles = {
  'kubernetes-client': ['@kubernetes/client-node'],
  'azure-sdk': ['@azure/core-rest-pipeline', '@azure/identity'],
  'aws-sdk': ['@aws-sdk/client-efs', '@aws-sdk/client-sts', '@aws-sdk/credential-provider-node'],
};

const laterFileOf = (name) => Object.keys(laterFiles).find((file) => laterFiles[file].includes(name));

const laterAsFiles = {
  name: 'later-packages-as-files',
  setup: (builder) => {
    builder.onResolve({ filter: /^@/ }, ({ path }) =>
      laterFileOf(path) === undefined ? undefined : { path, namespace: 'later' },
    );
    builder.onResolve({ filter: /^\.\/.*\.cjs$/, namespace: 'later' }, ({ path }) => ({
      path,
      external: true,
    }));
    builder.onLoad({ filter: /.*/, namespace: 'later' }, ({ path }) => ({
      contents: `module.exports = require('./${laterFileOf(path)}.cjs')['${path}'];`,
    }));
  },
};

/** Each package is loaded when it is first asked for. */
const laterFileSource = (packages) =>
  `module.exports = {${packages.map((name) => `get '${name}'() { return require('${name}'); }`).join(',')}};`;

/**
 * Parts of libraries that these load whether or not they are ever called, and we never call: channelz and load reports
 * of gRPC parse .proto files; pino's transports are threads; prom-client's own cluster, pushgateway and process metrics.
 * Without them a node plugin holds 200 kB of source and 2 MB of memory less.
 */
const unusedParts = [
  /[/\\]@grpc[/\\]proto-loader[/\\].*[/\\]index\.js$/,
  /[/\\]thread-stream[/\\]index\.js$/,
  /[/\\]prom-client[/\\]lib[/\\](cluster|pushgateway|defaultMetrics)\.js$/,
];

const withoutUnusedParts = {
  name: 'without-unused-parts',
  setup: (builder) => {
    for (const filter of unusedParts)
      builder.onLoad({ filter }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** Loading what was left out says so. */
const withoutFaces = (leavesOut) => ({
  name: 'without-faces',
  setup: (builder) => {
    for (const filter of leavesOut)
      builder.onLoad({ filter }, ({ path }) => ({
        contents: `throw new Error('this bundle does not hold ${path.slice(root.length + 1)}');`,
      }));
  },
});

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
for (const [file, packages] of Object.entries(laterFiles)) {
  const contents = laterFileSource(packages);
  await build({ ...common, stdin: { contents, resolveDir: root }, outfile: join(outdir, `${file}.cjs`) });
}

let failed = false;
for (const role of roles) {
  const outfile = join(outdir, `${role.name}.cjs`);
  const { metafile } = await build({
    ...common,
    entryPoints: [role.entry],
    outfile,
    plugins: [laterAsFiles, withoutUnusedParts, withoutFaces(role.leavesOut)],
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
