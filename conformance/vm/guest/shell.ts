import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/**
 * Runs a command in a process of its own and returns what it printed. File operations in a mount go this way: one that
 * hangs must not stop the test, which may be the very server that it waits for. Throws with what it printed on failure.
 */
export async function shell(command: string, timeoutMs = 30_000): Promise<string> {
  const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const ended = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const [code] = await ended;
  clearTimeout(timer);
  if (code === null) throw new Error(`"${command}" did not end in ${timeoutMs} ms`);
  const [out, err] = await output;
  if (code !== 0) throw new Error(`"${command}" ended with ${code}: ${err}${out}`);
  return out;
}
