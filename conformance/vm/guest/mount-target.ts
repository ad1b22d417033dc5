import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { selfSignedCertificate } from '../../../src/mount/tunnel/self-signed-certificate.ts';
import { type ClientIdentity, readClientIdentity } from './client-identity.ts';

/** A mount target of EFS as far as TLS goes: it lets in by what the client certificate says. */
export interface MountTarget {
  readonly certificate: string;
  /** Who connected, in their order; those turned away are marked. */
  readonly connections: readonly (ClientIdentity & { readonly refused: string | undefined })[];
  start(): Promise<void>;
  /** Ends all connections and listens no more. */
  stop(): Promise<void>;
}

export interface MountTargetOptions {
  readonly fileSystemId: string;
  readonly serverName: string;
  /** Of this machine; EFS answers on 2049. */
  readonly address: string;
  /** The NFS server behind it. */
  readonly backend: string;
  /** Why a client may not connect, or undefined where it may. */
  readonly refuse: (identity: ClientIdentity) => string | undefined;
}

const NFS_PORT = 2049;

export function createMountTarget(options: MountTargetOptions): MountTarget {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const certificate = selfSignedCertificate(privateKey, {
    commonName: options.serverName,
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 3_600_000),
    extensions: [],
  });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const connections: MountTarget['connections'][number][] = [];
  const sockets = new Set<Socket>();
  const serve = (socket: TLSSocket) => {
    const identity = identityOf(socket);
    const refused =
      identity.fileSystemId === options.fileSystemId ? options.refuse(identity) : 'another file system';
    connections.push({ ...identity, refused });
    if (refused !== undefined) {
      socket.destroy();
      return;
    }
    const nfs = connect(NFS_PORT, options.backend);
    for (const end of [socket, nfs]) {
      sockets.add(end);
      end.setNoDelay(true);
      end.on('error', () => {});
      end.on('close', () => {
        sockets.delete(end);
        socket.destroy();
        nfs.destroy();
      });
    }
    socket.pipe(nfs).pipe(socket);
  };
  // EFS takes any signer: what counts is the signature of the identity in the certificate.
  const newServer = () =>
    createServer({ key, cert: certificate, requestCert: true, rejectUnauthorized: false }, serve).on(
      'tlsClientError',
      () => {},
    );
  let server = newServer();
  return {
    certificate,
    connections,
    async start() {
      server = newServer();
      server.listen(NFS_PORT, options.address);
      await once(server, 'listening');
    },
    async stop() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function identityOf(socket: TLSSocket): ClientIdentity {
  const { raw } = socket.getPeerCertificate();
  return readClientIdentity(raw);
}
