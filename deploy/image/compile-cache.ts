import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { nodeFlags } from './node-flags.ts';

interface WarmOptions {
  /** The Node of the image: the cache is for exactly its version. */
  readonly node: string;
  /** The directory with the bundles; the cache is written beside them, as it will lie in the image. */
  readonly app: string;
}

/** One life of a program: what it is started with, and under which user, for a cache is for one uid. */
interface Life {
  readonly bundle: keyof typeof nodeFlags;
  readonly uid: number;
  args(scratch: string): readonly string[];
}

const plugin = (bundle: 'controller' | 'node', uid: number): Life => ({
  bundle,
  uid,
  args: (scratch) => [bundle, '--endpoint', `unix://${scratch}/csi.sock`, '--health-port', '0'],
});

/** An order whose mount fails, which has loaded by then whatever there is to load. */
const order = {
  name: 'find',
  order: { mount: { fsType: 'lustre', source: 'none', options: [], readonly: false }, volume: 'none' },
  turnMs: 1_000,
  perSecond: 1,
};

/** Each as the chart runs it; a process of directory work starts with every order. */
const lives: readonly Life[] = [
  plugin('node', 0),
  plugin('controller', 0),
  plugin('controller', 65_532),
  { bundle: 'directories', uid: 0, args: (scratch) => ['directories', '--socket', `${scratch}/socket`] },
  {
    bundle: 'directories',
    uid: 0,
    args: (scratch) => ['directory-work', JSON.stringify({ ...order, mountPoint: join(scratch, 'root') })],
  },
];

/**
 * Fills Node's compile cache by letting each role do what its processes do: start, answer the health port, stop. A
 * process that is killed writes no cache, and a pod's root file system is read-only, so a pod could never fill its own.
 * Only root can: the cache is written by the users it is for.
 */
export async function fillCompileCache({ node, app }: WarmOptions): Promise<void> {
  const cache = join(app, 'compile-cache');
  await mkdir(cache);
  await chmod(cache, 0o777);
  for (const life of lives) await runOnce(life, { node, app, cache });
  // As the image has it: read by everyone, written by nobody.
  await chmod(cache, 0o755);
  for (const entry of await readdir(cache, { recursive: true, withFileTypes: true }))
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
}

async function runOnce(
  { bundle, uid, args }: Life,
  { node, app, cache }: WarmOptions & { readonly cache: string },
): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'berth-warm-'));
  await chmod(scratch, 0o777);
  try {
    const program = spawn(node, [...nodeFlags[bundle], join(app, `${bundle}.cjs`), ...args(scratch)], {
      cwd: '/',
      uid,
      gid: uid,
      env: { NODE_COMPILE_CACHE: cache, NODE_COMPILE_CACHE_PORTABLE: '1', PATH: process.env.PATH },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(program, 'exit');
    const log: string[] = [];
    for await (const line of createInterface(program.stderr)) {
      log.push(line);
      const { port, socket } = served(line);
      if (port !== undefined)
        for (const path of ['healthz', 'readyz', 'metrics']) await fetch(`http://127.0.0.1:${port}/${path}`);
      if (port !== undefined || socket !== undefined) program.kill('SIGTERM');
    }
    const [exitCode] = await ended;
    if (exitCode !== 0) throw new Error(`berth ${bundle} ended with ${exitCode}: ${log.join('\n')}`);
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** What a line of the log says about where the program is reached. */
function served(line: string): { readonly port?: number; readonly socket?: string } {
  try {
    const { port, socket } = JSON.parse(line) as Record<string, unknown>;
    return { ...(typeof port === 'number' && { port }), ...(typeof socket === 'string' && { socket }) };
  } catch {
    return {};
  }
}
