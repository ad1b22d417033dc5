import { createServer, type Socket, type Server as SocketServer } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { systemClock } from '../../async/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import {
  ControllerDefinition,
  GroupControllerDefinition,
  IdentityDefinition,
  NodeDefinition,
  SnapshotMetadataDefinition,
} from '../gen/csi.ts';
import type { ControllerService, IdentityService, NodeService } from '../service.ts';
import { claimSocket } from './claim-socket.ts';
import { EndpointError, socketPathOf } from './endpoint.ts';
import { toGrpcDefinition, toGrpcHandlers } from './rpc-handlers.ts';
import { createRunningCalls } from './running-calls.ts';

export interface ServeOptions {
  /** `unix:///path/csi.sock`. */
  readonly endpoint: string;
  readonly services: {
    readonly identity: IdentityService;
    readonly controller?: ControllerService;
    readonly node?: NodeService;
  };
  readonly log: Log;
  /** Milliseconds that `close` waits for mounts under way; below the 30 s that Kubernetes gives a pod to stop. */
  readonly drainMs?: number;
}

export interface CsiServer {
  /** Stops accepting, aborts what can be repeated, waits for what cannot, removes the socket. May be called twice. */
  close(): Promise<void>;
}

const DRAIN_MS = 20_000;

/** How long a client that does not read keeps a stopping server. */
const FLUSH_MS = 1_000;

/** The largest CSI message in sight is a listing of some thousand volumes. */
const MESSAGE_BYTES = 4 * 1024 * 1024;

/**
 * Serves CSI on a Unix socket that root alone may open. Every RPC of CSI 1.12 is known; those without a function answer
 * UNIMPLEMENTED. Idle connections are kept: the standard sidecars exit when theirs is lost.
 *
 * @throws EndpointError when the endpoint is not a Unix socket, is too long, or something else is there
 */
export async function serveCsi(options: ServeOptions): Promise<CsiServer> {
  const { services, log } = options;
  const path = socketPathOf(options.endpoint);
  await claimSocket(path);

  const calls = createRunningCalls(systemClock);
  const server = new Server({
    'grpc.enable_channelz': 0,
    'grpc.max_receive_message_length': MESSAGE_BYTES,
    'grpc.max_send_message_length': MESSAGE_BYTES,
  });
  for (const [definition, rpcs] of [
    [IdentityDefinition, services.identity],
    [ControllerDefinition, services.controller ?? {}],
    [GroupControllerDefinition, {}],
    [SnapshotMetadataDefinition, {}],
    [NodeDefinition, services.node ?? {}],
  ] as const) {
    server.addService(toGrpcDefinition(definition), toGrpcHandlers(definition, { ...rpcs }, calls));
  }

  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const connections = new Set<Socket>();
  const socket = createServer((connection) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
    injector.injectConnection(connection);
  });
  await listenForRootOnly(socket, path);
  log.info({ endpoint: options.endpoint }, 'serving CSI');

  let closed: Promise<void> | undefined;
  return {
    close: () => {
      closed ??= stop({ socket, server, connections, log }, () => calls.drain(options.drainMs ?? DRAIN_MS));
      return closed;
    },
  };
}

/** Node binds within `listen`, so the process-wide umask is back before anything else can create a file under it. */
function listenForRootOnly(socket: SocketServer, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new EndpointError('in-use', `another process has just taken ${path}`, { cause: error })
          : error,
      ),
    );
    socket.once('listening', resolve);
    const before = process.umask(0o177);
    try {
      socket.listen(path);
    } finally {
      process.umask(before);
    }
  });
}

interface Serving {
  readonly socket: SocketServer;
  readonly server: Server;
  readonly connections: ReadonlySet<Socket>;
  readonly log: Log;
}

async function stop(
  { socket, server, connections, log }: Serving,
  drain: () => Promise<number>,
): Promise<void> {
  socket.close();
  // Tells each connection to open no further calls and closes it when its last one is answered.
  const finished = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  const remaining = await drain();
  if (remaining === 0) {
    await finished;
    await allClosed(connections);
  } else {
    log.warn({ remaining }, 'stopping although calls are still running');
    server.forceShutdown();
  }
  log.info({}, 'stopped serving CSI');
}

/** A server that has finished may still hold answers; a process that then ends takes them with it. */
async function allClosed(connections: ReadonlySet<Socket>): Promise<void> {
  const closed = Promise.all(
    [...connections].map((connection) => new Promise((resolve) => connection.once('close', resolve))),
  );
  const timer = new AbortController();
  await Promise.race([closed, systemClock.sleep(FLUSH_MS, timer.signal)]);
  timer.abort();
}
