import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createServer, type PeerCertificate, type TLSSocket } from 'node:tls';
import { selfSignedCertificate } from '../self-signed-certificate.ts';

export interface TestTlsServer {
  readonly port: number;
  /** To be trusted by who connects. */
  readonly certificate: string;
  /** Common names of the clients' certificates, in the order they connected. */
  readonly clients: readonly string[];
  close(): Promise<void>;
}

/** A TLS server that wants client certificates of any signer, as EFS does, and sends back what it is sent. */
export async function startTlsServer(hostname: string): Promise<TestTlsServer> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const certificate = selfSignedCertificate(privateKey, {
    commonName: hostname,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
    extensions: [],
  });
  const clients: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(
    {
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      cert: certificate,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (socket: TLSSocket) => {
      const peer: Partial<PeerCertificate> = socket.getPeerCertificate();
      clients.push(String(peer.subject?.CN));
      sockets.add(socket.on('error', () => {}));
      socket.pipe(socket);
    },
  );
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    port: address.port,
    certificate,
    clients,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
