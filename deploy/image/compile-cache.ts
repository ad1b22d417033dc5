import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface WarmOptions {
  /** The Node of the image: the cache is for exactly its version. */
  readonly node: string;
  /** The directory with the bundles; the cache is written beside them, as it will lie in the image. */
  readonly app: string;
  /** Who runs the roles: the cache is for one uid. */
  readonly uid: number;
}

/** Controller and node plugin, each under the users that the chart runs it as. */
export const rolesByUid = [
  { role: 'node', uid: 0 },
  { role: 'controller', uid: 0 },
  { role: 'controller', uid: 65_532 },
] as const;

/**
 * Fills Node's compile cache by letting a role do what each of its processes does: start, answer its health port, stop.
 * A process that is killed writes no cache, so a pod could never fill its own.
 */
export async function warmCompileCache(role: 'controller' | 'node', options: WarmOptions): Promise<void> {
  const { node, app, uid } = options;
  const cache = join(app, 'compile-cache');
  await mkdir(cache, { recursive: true });
  await chmod(cache, 0o777);
  const scratch = await mkdtemp(join(tmpdir(), 'berth-warm-'));
  await chmod(scratch, 0o777);
  try {
    const args = [role, '--endpoint', `unix://${scratch}/csi.sock`, '--health-port', '0'];
    const program = spawn(
      node,
      ['--disable-warning=ExperimentalWarning', join(app, `${role}.cjs`), ...args],
      {
        cwd: '/',
        uid,
        gid: uid,
        env: { NODE_COMPILE_CACHE: cache, NODE_COMPILE_CACHE_PORTABLE: '1', PATH: process.env.PATH },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    const ended = once(program, 'exit');
    const log: string[] = [];
    for await (const line of createInterface(program.stderr)) {
      log.push(line);
      const port = servedPort(line);
      if (port === undefined) continue;
      for (const path of ['healthz', 'readyz', 'metrics']) await fetch(`http://127.0.0.1:${port}/${path}`);
      program.kill('SIGTERM');
    }
    const [exitCode] = await ended;
    if (exitCode !== 0) throw new Error(`berth ${role} ended with ${exitCode}: ${log.join('\n')}`);
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** The cache as the image has it: written by its makers only, read by everyone. */
export async function closeCompileCache(app: string): Promise<void> {
  const cache = join(app, 'compile-cache');
  await chmod(cache, 0o755);
  for (const entry of await readdir(cache, { recursive: true, withFileTypes: true }))
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
}

function servedPort(line: string): number | undefined {
  try {
    const { port } = JSON.parse(line) as { port?: unknown };
    return typeof port === 'number' ? port : undefined;
  } catch {
    return undefined;
  }
}
