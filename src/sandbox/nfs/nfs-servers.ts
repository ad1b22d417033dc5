import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Clock } from '../../async/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import type { EfsExports } from '../clouds/aws/efs/efs-exports.ts';
import type { NfsAnswer, NfsQuestion } from './nfs-question.ts';
import { readTunnelClient } from './read-tunnel-client.ts';
import { resolveExport } from './resolve-export.ts';

export interface NfsServers {
  /** Where the mount helper asks. */
  readonly socketPath: string;
  close(): Promise<void>;
}

export interface NfsServersOptions {
  readonly stateDir: string;
  /** Of the mount targets, each at its own loopback address. */
  readonly port: number;
  readonly exports: EfsExports;
  /** The node plugin's directory with what its tunnel serves. */
  readonly tunnelDir: string;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOK_MS = 1_000;

/** Listens at every available mount target, so that nodes reach it, and answers the mount helper's questions. */
export async function startNfsServers(options: NfsServersOptions): Promise<NfsServers> {
  const { clock, exports, log, port, stateDir } = options;
  const socketPath = join(stateDir, 'nfs.sock');
  const listening = new Map<string, Server>();
  const ending = new AbortController();

  const look = async () => {
    const wanted = new Set(exports.all().flatMap(({ addresses }) => addresses));
    for (const [address, server] of listening) {
      if (wanted.has(address)) continue;
      server.close();
      listening.delete(address);
    }
    for (const address of wanted) {
      if (!listening.has(address)) listening.set(address, await listen(address, port));
    }
  };
  const follow = async () => {
    while (!ending.signal.aborted) {
      await clock.sleep(LOOK_MS, ending.signal).catch(() => {});
      if (!ending.signal.aborted)
        await look().catch((err) => log.warn({ err }, 'cannot follow the simulated mount targets'));
    }
  };
  await look();
  const following = follow();
  const helpers = await serveQuestions(socketPath, (question) => answer(question, options));
  return {
    socketPath,
    async close() {
      ending.abort();
      await following;
      for (const server of [...listening.values(), helpers]) server.close();
    },
  };
}

async function listen(address: string, port: number): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => {}).destroy());
  server.listen(port, address);
  await once(server, 'listening');
  return server;
}

async function serveQuestions(path: string, reply: (question: NfsQuestion) => NfsAnswer): Promise<Server> {
  rmSync(path, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    text(socket)
      .then((asked) => socket.end(JSON.stringify(reply(JSON.parse(asked)))))
      .catch((error: unknown) => socket.end(JSON.stringify({ refused: String(error) })));
  });
  server.listen(path);
  await once(server, 'listening');
  return server;
}

/** Through the tunnel the certificate says who asks, directly only the address does. */
function answer({ address, port, path }: NfsQuestion, options: NfsServersOptions): NfsAnswer {
  const client = port === options.port ? undefined : readTunnelClient(options.tunnelDir, port);
  const host = client?.host ?? address;
  const served = options.exports.all().find(({ addresses }) => addresses.includes(host));
  if (served === undefined) return { refused: 'Connection refused' };
  if (client !== undefined && client.fileSystemId !== served.fileSystemId)
    return { refused: 'access denied by server' };
  const { fileSystemId } = served;
  const resolved = resolveExport(
    { fileSystemId, accessPointId: client?.accessPointId, path },
    options.exports,
  );
  if ('refused' in resolved) return resolved;
  const { create, dataDirectory } = resolved;
  if (create !== undefined) makeRoot(dataDirectory, create);
  const directory = join(dataDirectory, resolved.path);
  if (!existsSync(directory)) return { refused: 'No such file or directory' };
  return { fileSystemId, directory, scratch: join(options.stateDir, 'nfs-mounts', fileSystemId) };
}

function makeRoot(
  data: string,
  { path, uid, gid, mode }: { path: string; uid: number; gid: number; mode: number },
): void {
  const root = join(data, path);
  if (existsSync(root)) return;
  mkdirSync(join(root, '..'), { recursive: true, mode: 0o755 });
  mkdirSync(root, { mode });
  try {
    chownSync(root, uid, gid);
  } catch {
    // In a user namespace there is but one user; it owns everything then.
  }
}
