import { spawn, spawnSync } from 'node:child_process';
import { test } from 'node:test';

const INSIDE = 'BERTH_TEST_OWN_MOUNT_NAMESPACE';

/** Ways into a mount namespace of one's own: as root, or as root of a user namespace. */
const ways = [
  ['--mount', '--propagation', 'private'],
  ['--mount', '--propagation', 'private', '--user', '--map-root-user'],
] as const;

/**
 * Runs the tests that `define` defines in a mount namespace of their own, by running `file` (the calling test file)
 * again under unshare(1). What they leave mounted ends with them. Skips where this machine allows no namespace.
 */
export function inOwnMountNamespace(file: string, define: () => void, timeoutMs = 120_000): void {
  if (process.env[INSIDE] !== undefined) {
    define();
    return;
  }
  const way = ways.find((flags) => spawnSync('unshare', [...flags, 'true']).status === 0);
  const skip = way === undefined && 'unshare(1) cannot mount here: run as root or allow user namespaces';
  test('in a mount namespace of its own', { skip, timeout: timeoutMs }, async (context) => {
    if (way === undefined) return;
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
    const reporter = ['--test-reporter=spec', '--test-reporter-destination=stdout'];
    // SIGKILL, because a test that hangs may do so in the kernel.
    const child = spawn('unshare', [...way, process.execPath, '--test', ...reporter, file], {
      env: { ...environment, [INSIDE]: way.join(' ') },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: context.signal,
      killSignal: 'SIGKILL',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
      });
    }
    const code = await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
    for (const line of output.match(/^ *(?:[✔﹣] .*|ℹ .* points)$/gm) ?? []) context.diagnostic(line);
    if (code !== 0) throw new Error(output);
  });
}
