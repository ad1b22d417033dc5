import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP way to a server that can be interrupted, as by a firewall or a pulled cable. */
export interface CuttableProxy {
  readonly port: number;
  /** Resets what is open and refuses what comes. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function openCuttableProxy(target: URL): Promise<CuttableProxy> {
  const open = new Set<Socket>();
  let isCut = false;
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => {});
  };
  const server = createServer((client) => {
    keep(client);
    if (isCut) return void client.resetAndDestroy();
    const upstream = connect(Number(target.port), target.hostname);
    keep(upstream);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  const cutAll = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    port: address.port,
    cut() {
      isCut = true;
      cutAll();
    },
    mend() {
      isCut = false;
    },
    async close() {
      server.close();
      cutAll();
    },
  };
}
