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

/** Controller and node plugin, each under the users that the chart runs it as: a cache is for one uid. */
const rolesByUid = [
  { role: 'node', uid: 0 },
  { role: 'controller', uid: 0 },
  { role: 'controller', uid: 65_532 },
] as const;

/**
 * Fills Node's compile cache by letting each role do what its processes do: start, answer the health port, stop. A
 * process that is killed writes no cache, and a pod's root file system is read-only, so a pod could never fill its own.
 * Only root can: the cache is written by the users it is for.
 */
export async function fillCompileCache({ node, app }: WarmOptions): Promise<void> {
  const cache = join(app, 'compile-cache');
  await mkdir(cache);
  await chmod(cache, 0o777);
  for (const { role, uid } of rolesByUid) await runOnce(role, uid, { node, app, cache });
  // As the image has it: read by everyone, written by nobody.
  await chmod(cache, 0o755);
  for (const entry of await readdir(cache, { recursive: true, withFileTypes: true }))
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
}

async function runOnce(
  role: 'controller' | 'node',
  uid: number,
  { node, app, cache }: WarmOptions & { readonly cache: string },
): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'berth-warm-'));
  await chmod(scratch, 0o777);
  try {
    const args = [role, '--endpoint', `unix://${scratch}/csi.sock`, '--health-port', '0'];
    const program = spawn(node, [...nodeFlags[role], join(app, `${role}.cjs`), ...args], {
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

function servedPort(line: string): number | undefined {
  try {
    const { port } = JSON.parse(line) as { port?: unknown };
    return typeof port === 'number' ? port : undefined;
  } catch {
    return undefined;
  }
}
