import { once } from 'node:events';
import { createServer, type Server as SocketServer } from 'node:net';
import { join } from 'node:path';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { claimSocket } from '../csi/grpc/claim-socket.ts';
import { toGrpcDefinition } from '../csi/grpc/rpc-handlers.ts';
import type { Log } from '../telemetry/log.ts';
import {
  type InfoRequest,
  type PluginInfo,
  RegistrationDefinition,
  type RegistrationStatus,
  type RegistrationStatusResponse,
} from './gen/pluginregistration.ts';

export interface RegistrationOptions {
  readonly driver: string;
  /** Kubelet's `plugins_registry`, as this process sees it. */
  readonly registrationDir: string;
  /** Path of csi.sock as kubelet sees it, on the host. */
  readonly endpoint: string;
  readonly log: Log;
}

export interface Registration {
  /** Resolves when kubelet has taken the plugin; rejects with `RegistrationRefusedError` when it has not. */
  readonly registered: Promise<void>;
  /**
   * Resolves with kubelet's refusal whenever it comes: a kubelet that restarts registers anew. The process should then
   * end and be started again, which makes kubelet try again.
   */
  readonly refused: Promise<RegistrationRefusedError>;
  /** Withdraws the plugin: removes the socket. */
  close(): Promise<void>;
}

/** Kubelet has not taken the plugin; the message has kubelet's reason. */
export class RegistrationRefusedError extends Error {
  override readonly name = 'RegistrationRefusedError';
}

/**
 * Offers the plugin to kubelet, as node-driver-registrar does: a socket in kubelet's `plugins_registry`, which it finds
 * and asks. Kubelet calls NodeGetInfo at once, so the plugin must be serving before. Throws `EndpointError` where
 * another process serves the same driver.
 */
export async function startRegistration(options: RegistrationOptions): Promise<Registration> {
  const { driver, log } = options;
  const path = join(options.registrationDir, `${driver}-reg.sock`);
  await claimSocket(path);

  const registered = Promise.withResolvers<void>();
  const refused = Promise.withResolvers<RegistrationRefusedError>();
  // Whoever watches only `refused` shall not be ended by a rejection that nobody handles.
  registered.promise.catch(() => {});
  const server = registrationServer(options, ({ pluginRegistered, error }) => {
    if (pluginRegistered) {
      log.info({ driver }, 'kubelet has registered the driver');
      return registered.resolve();
    }
    const refusal = new RegistrationRefusedError(`kubelet did not register ${driver}: ${error}`);
    log.error({ driver, err: refusal }, 'kubelet has refused the driver');
    registered.reject(refusal);
    refused.resolve(refusal);
  });
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const socket = createServer((connection) => injector.injectConnection(connection));
  await listenPrivately(socket, path);
  log.info({ driver, socket: path }, 'offered the driver to kubelet');
  return {
    registered: registered.promise,
    refused: refused.promise,
    async close() {
      // Closing removes the socket's file; kubelet takes that as the plugin's end.
      const closed = new Promise((resolve) => socket.close(resolve));
      server.forceShutdown();
      await closed;
    },
  };
}

function registrationServer(
  { driver, endpoint }: RegistrationOptions,
  notified: (status: RegistrationStatus) => void,
): Server {
  const info: PluginInfo = { type: 'CSIPlugin', name: driver, endpoint, supportedVersions: ['1.0.0'] };
  const server = new Server({ 'grpc.enable_channelz': 0 });
  server.addService(toGrpcDefinition(RegistrationDefinition), {
    getInfo: (_: ServerUnaryCall<InfoRequest, PluginInfo>, answer: sendUnaryData<PluginInfo>) =>
      answer(null, info),
    notifyRegistrationStatus: (
      call: ServerUnaryCall<RegistrationStatus, RegistrationStatusResponse>,
      answer: sendUnaryData<RegistrationStatusResponse>,
    ) => {
      answer(null, {});
      notified(call.request);
    },
  });
  return server;
}

/** With the registrar's umask. Node binds within `listen`, so the process' own umask is back before anything else runs. */
async function listenPrivately(socket: SocketServer, path: string): Promise<void> {
  const before = process.umask(0o077);
  try {
    socket.listen(path);
  } finally {
    process.umask(before);
  }
  await once(socket, 'listening');
}
