import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import {
  NodeServiceCapability_RPC_Type as Capability,
  NodeDefinition,
  type NodePublishVolumeRequest,
  VolumeUsage_Unit as Unit,
} from '../../../csi/gen/csi.ts';
import { RegistrationDefinition, type RegistrationStatus } from '../../../kubelet/gen/pluginregistration.ts';

export const bindDriver = 'bind.test.example';

export interface BindPlugin {
  /** What kubelet asked for, in order: the RPCs' names, and publish requests in full. */
  readonly calls: string[];
  readonly published: NodePublishVolumeRequest[];
  readonly registrations: RegistrationStatus[];
  /** Publishing fails with this code until it is taken away. */
  refusePublish: number | undefined;
  stop(): void;
}

/** A CSI node plugin whose volumes are bind mounts of `<directory>/data`, served with kubelet's own registration. */
export async function startBindPlugin(directory: string, registryDir: string): Promise<BindPlugin> {
  const data = join(directory, 'data');
  const socket = join(directory, 'csi.sock');
  for (const path of [data, registryDir]) mkdirSync(path, { recursive: true });
  const calls: string[] = [];
  const published: NodePublishVolumeRequest[] = [];
  const registrations: RegistrationStatus[] = [];
  const mounted = (path: string) => existsSync(path) && existsSync(join(path, '.volume'));
  execFileSync('touch', [join(data, '.volume')]);

  const answers: Record<string, (request: never) => object> = {
    getInfo: () => ({ type: 'CSIPlugin', name: bindDriver, endpoint: socket, supportedVersions: ['1.0.0'] }),
    notifyRegistrationStatus: (request: RegistrationStatus) => {
      registrations.push(request);
      return {};
    },
    nodeGetInfo: () => ({ nodeId: 'bind-node', maxVolumesPerNode: 0n, accessibleTopology: undefined }),
    nodeGetCapabilities: () => ({
      capabilities: [{ type: { $case: 'rpc', rpc: { type: Capability.GET_VOLUME_STATS } } }],
    }),
    nodeGetVolumeStats: ({ volumePath }: { volumePath: string }) => {
      if (!mounted(volumePath)) throw Object.assign(new Error('not mounted'), { code: status.NOT_FOUND });
      const usage = [{ unit: Unit.BYTES, total: 100n, used: 25n, available: 75n }];
      return { usage, volumeCondition: { abnormal: false, message: '' } };
    },
    nodePublishVolume: (request: NodePublishVolumeRequest) => {
      published.push(request);
      if (plugin.refusePublish !== undefined)
        throw Object.assign(new Error('not today'), { code: plugin.refusePublish });
      mkdirSync(request.targetPath, { recursive: true });
      if (!mounted(request.targetPath)) execFileSync('mount', ['--bind', data, request.targetPath]);
      return {};
    },
    nodeUnpublishVolume: ({ targetPath }: { targetPath: string }) => {
      if (mounted(targetPath)) execFileSync('umount', [targetPath]);
      if (existsSync(targetPath)) rmdirSync(targetPath);
      return {};
    },
  };
  const servers = [
    await serve(NodeDefinition, socket, answers, calls),
    await serve(RegistrationDefinition, join(registryDir, `${bindDriver}-reg.sock`), answers, calls),
  ];
  const plugin: BindPlugin = {
    calls,
    published,
    registrations,
    refusePublish: undefined,
    stop: () => servers.forEach((server) => void server.forceShutdown()),
  };
  return plugin;
}

interface Definition {
  readonly fullName: string;
  readonly methods: Readonly<
    Record<string, { readonly name: string; readonly requestType: Codec; readonly responseType: Codec }>
  >;
}

interface Codec {
  encode(message: never): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
}

async function serve(
  definition: Definition,
  socket: string,
  answers: Readonly<Record<string, (request: never) => object>>,
  calls: string[],
): Promise<Server> {
  const service: Record<string, object> = {};
  const handlers: UntypedServiceImplementation = {};
  for (const [key, { name, requestType, responseType }] of Object.entries(definition.methods)) {
    service[key] = {
      path: `/${definition.fullName}/${name}`,
      requestStream: false,
      responseStream: false,
      requestSerialize: (message: never) => Buffer.from(requestType.encode(message).finish()),
      requestDeserialize: (bytes: Buffer) => requestType.decode(bytes),
      responseSerialize: (message: never) => Buffer.from(responseType.encode(message).finish()),
      responseDeserialize: (bytes: Buffer) => responseType.decode(bytes),
    };
    const handler: handleUnaryCall<never, object> = (call, reply) => {
      calls.push(key);
      try {
        const answer = answers[key];
        if (answer === undefined) throw Object.assign(new Error(name), { code: status.UNIMPLEMENTED });
        reply(null, answer(call.request));
      } catch (error) {
        reply({ code: status.INTERNAL, ...(error as object), details: (error as Error).message });
      }
    };
    handlers[key] = handler as never;
  }
  const server = new Server();
  server.addService(service as ServiceDefinition, handlers);
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    ),
  );
  return server;
}
