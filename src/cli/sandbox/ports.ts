import { once } from 'node:events';
import { createServer } from 'node:net';

/** A TCP port that nothing listens on at this moment. */
export async function freePort(address: string): Promise<number> {
  const port = await listening(address, 0);
  if (port === undefined) throw new Error(`no free TCP port on ${address}`);
  return port;
}

/**
 * The port of an earlier run's URL while it is still free, so that what was told about the sandbox stays true after a
 * restart; 0, any free one, otherwise.
 */
export async function preferredPort(url: string | undefined): Promise<number> {
  const earlier = url && URL.canParse(url) ? Number(new URL(url).port) : 0;
  return earlier > 0 && (await listening('127.0.0.1', earlier)) === earlier ? earlier : 0;
}

async function listening(address: string, port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(port, address);
    await once(server, 'listening');
    const bound = server.address();
    return typeof bound === 'object' && bound !== null ? bound.port : undefined;
  } catch {
    // Taken, or not an address of this machine.
    return undefined;
  } finally {
    server.close();
  }
}
