import { once } from 'node:events';
import { createServer } from 'node:net';

/** TCP ports that nothing listens on at this moment, all different: they are held together until all are found. */
export async function freePorts(host: string, count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, host));
  try {
    await Promise.all(servers.map((server) => once(server, 'listening')));
    return servers.map((server) => {
      const bound = server.address();
      if (bound === null || typeof bound === 'string') throw new Error(`no free TCP port on ${host}`);
      return bound.port;
    });
  } finally {
    for (const server of servers) server.close();
  }
}
