// Plain JavaScript for any Node from 20 on: brings a fresh clone to the point where Berth's own Node can run it.
// npm's pre/post scripts do not run with install scripts off, so each command calls this itself.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Exit code for a machine that lacks something; the same as in src/cli/exit-codes.ts. */
const MACHINE_LACKS = 3;
const NODE_MAJOR = 24;

const lockOf = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {});

function missingPackages({ dev }) {
  const wanted = lockOf(join(root, 'package-lock.json'));
  const installed = lockOf(join(root, 'node_modules/.package-lock.json'));
  return Object.entries(wanted).filter(
    ([path, entry]) =>
      path !== '' && !entry.optional && (dev || !entry.dev) && installed[path]?.version !== entry.version,
  );
}

/** Installs the locked dependencies unless they are there already. `dev` includes what only tests and checks need. */
export function ensureInstalled({ dev }) {
  if (missingPackages({ dev }).length === 0) return;
  process.stderr.write('berth: installing the locked dependencies with npm …\n');
  const npm = process.env.npm_execpath;
  // Not npm ci: it refuses a lock file that lacks the optional packages of platforms a registry does not offer.
  const args = [
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    ...(dev ? [] : ['--omit=dev']),
  ];
  const [program, programArgs] = npm ? [process.execPath, [npm, ...args]] : ['npm', args];
  const done = spawnSync(program, programArgs, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (done.status !== 0) {
    process.stderr.write(
      'berth: npm install failed; see the lines above. Is npm installed and its registry reachable?\n',
    );
    process.exit(MACHINE_LACKS);
  }
}

/** The path of a Node that can run Berth: this one where it is new enough, else the one from the npm registry. */
export function berthNode() {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return process.execPath;
  const require = createRequire(import.meta.url);
  try {
    const path = join(
      dirname(require.resolve(`node-${process.platform}-${process.arch}/package.json`)),
      'bin/node',
    );
    if (spawnSync(path, ['--version']).status === 0) return path;
  } catch {
    // Not packaged for this platform: the sentence below says what to do.
  }
  process.stderr.write(
    `berth: needs Node ${NODE_MAJOR} or newer; this is ${process.version} on ${process.platform}/${process.arch}, ` +
      `and the npm registry's build of Node ${NODE_MAJOR} does not run here. Install Node ${NODE_MAJOR} and try again.\n`,
  );
  return process.exit(MACHINE_LACKS);
}

/** Runs Berth's Node with `args`, passing signals on, and exits as it exits. */
export function runBerthNode(args, { cwd = process.cwd(), env = process.env } = {}) {
  const child = spawn(berthNode(), args, { cwd, env, stdio: 'inherit' });
  // A terminal sends Ctrl-C to the whole group, so only what was sent to this process alone is passed on.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  child.on('exit', (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exitCode = code ?? 1;
  });
}
