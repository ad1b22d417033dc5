import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { Log } from '../../telemetry/log.ts';

/** The management servers of the simulated file systems: what answers when a node asks whether it can reach one. */
export interface Mgs {
  readonly port: number;
  /** Listens on exactly these addresses from now on. An address that cannot be had is logged and tried again next time. */
  setAddresses(addresses: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * One TCP listener per address on LNet's port; it accepts and hangs up, as a real MGS does with a caller that says
 * nothing. Rejects when a first address cannot be bound.
 */
export async function startMgs(options: {
  readonly port: number;
  readonly addresses: readonly string[];
  readonly log: Log;
}): Promise<Mgs> {
  const servers = new Map<string, Server>();
  const closeServer = async (address: string) => {
    const server = servers.get(address);
    servers.delete(address);
    if (server === undefined) return;
    server.close();
    await once(server, 'close');
  };
  try {
    for (const address of options.addresses) servers.set(address, await listen(address, options.port));
  } catch (error) {
    for (const address of servers.keys()) await closeServer(address);
    throw error;
  }
  return {
    port: options.port,
    async setAddresses(addresses) {
      for (const address of servers.keys()) if (!addresses.includes(address)) await closeServer(address);
      for (const address of addresses) {
        if (servers.has(address)) continue;
        try {
          servers.set(address, await listen(address, options.port));
        } catch (err) {
          options.log.warn({ err, address }, 'the simulated MGS cannot listen');
        }
      }
    },
    async close() {
      for (const address of [...servers.keys()]) await closeServer(address);
    },
  };
}

async function listen(address: string, port: number): Promise<Server> {
  const server = createServer((socket) => {
    // The peer may reset first; that is its business.
    socket.on('error', () => {});
    socket.end();
  });
  server.listen(port, address);
  await once(server, 'listening');
  server.unref();
  return server;
}
