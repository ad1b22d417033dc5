import { spawnSync } from 'node:child_process';

const INSIDE = 'BERTH_BENCH_OWN_MOUNT_NAMESPACE';

/**
 * Runs `main` in a mount namespace of its own, by starting this program again: what is mounted there, and what of it is
 * still open, ends with it. Sets exit code 3 where the caller may not mount.
 */
export async function inMountNamespace(main: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) {
    console.error('bench: needs root, to mount');
    process.exitCode = 3;
    return;
  }
  if (process.env[INSIDE] !== undefined) return main();
  const program = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const ended = spawnSync('unshare', ['--mount', '--propagation', 'private', ...program], {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: '1' },
  });
  process.exitCode = ended.status ?? 1;
}
