import { lstat, mkdir, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { EndpointError } from './endpoint.ts';

/** A plugin that hangs still accepts; only the kernel's own answer counts, and it is immediate. */
const ANSWER_MS = 2000;

/**
 * Makes `path` free for a new socket: its directory exists, and a socket file that a killed process left there is
 * removed. One at which something answers stays.
 *
 * @throws EndpointError `in-use` or `not-a-socket`
 */
export async function claimSocket(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o750 });
  const entry = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (entry === undefined) return;
  if (!entry.isSocket()) {
    throw new EndpointError('not-a-socket', `${path} exists and is not a socket; it is left as it is`);
  }
  if (await answers(path)) {
    throw new EndpointError(
      'in-use',
      `another process answers at ${path}; stop it first or choose another endpoint`,
    );
  }
  await unlink(path);
}

/** Whether a process listens. Only ECONNREFUSED and a vanished file say that none does; any doubt counts as yes. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(ANSWER_MS, () => settle(true));
    socket.once('connect', () => settle(true));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      settle(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'),
    );
  });
}
