import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import type { Log } from '../telemetry/log.ts';
import { toGrpcDefinition } from '../csi/grpc/rpc-handlers.ts';
import {
  type PluginInfo,
  RegistrationDefinition,
  type RegistrationStatus,
  type RegistrationStatusResponse,
} from './gen/pluginregistration.ts';

export interface Registration {
  /** Resolves when kubelet has taken the plugin; rejects with kubelet's reason when it has not. */
  readonly registered: Promise<void>;
  close(): Promise<void>;
}

/** Offers the plugin to kubelet, as node-driver-registrar does: a socket in its plugins_registry that it finds and asks. */
export async function startRegistration(options: {
  readonly driver: string;
  readonly registrationDir: string;
  /** Path of csi.sock as kubelet sees it on the host. */
  readonly endpoint: string;
  readonly log: Log;
}): Promise<Registration> {
  const socket = join(options.registrationDir, `${options.driver}-reg.sock`);
  await mkdir(options.registrationDir, { recursive: true });
  await rm(socket, { force: true });

  const info: PluginInfo = {
    type: 'CSIPlugin',
    name: options.driver,
    endpoint: options.endpoint,
    supportedVersions: ['1.0.0'],
  };
  const outcome = Promise.withResolvers<void>();
  const server = new Server();
  server.addService(toGrpcDefinition(RegistrationDefinition), {
    getInfo: (_call: unknown, answer: sendUnaryData<PluginInfo>) => answer(null, info),
    notifyRegistrationStatus: (
      call: ServerUnaryCall<RegistrationStatus, RegistrationStatusResponse>,
      answer: sendUnaryData<RegistrationStatusResponse>,
    ) => {
      answer(null, {});
      const { pluginRegistered, error } = call.request;
      if (pluginRegistered) outcome.resolve();
      else outcome.reject(new Error(`kubelet did not register ${options.driver}: ${error}`));
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix://${socket}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    );
  });
  await chmod(socket, 0o600);
  options.log.info({ socket }, 'offered to kubelet');
  return {
    registered: outcome.promise,
    close: async () => {
      server.forceShutdown();
      await rm(socket, { force: true });
    },
  };
}
