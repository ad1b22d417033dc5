import { CreateAccessPointCommand, EFSClient, paginateDescribeAccessPoints } from '@aws-sdk/client-efs';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import { createHttpsAgent } from '../../src/cloud/https-agent.ts';
import {
  ControllerDefinition,
  ControllerServiceCapability_RPC_Type,
  type CreateVolumeRequest,
  type CreateVolumeResponse,
  IdentityDefinition,
  PluginCapability_Service_Type,
} from '../../src/csi/gen/csi.ts';
import { toGrpcDefinition } from '../../src/csi/grpc/rpc-handlers.ts';
import { lowestFreeGid } from './gid-range.ts';

// A controller that allocates as upstream does, in the same language and by the same SDK: each create lists all access
// points, takes the lowest GID that is free and makes its own. It checks nothing, so what it takes is the algorithm's.
const [socket = ''] = process.argv.slice(2);
const { env } = process;
const opened = openEfs();

async function openEfs(): Promise<EFSClient> {
  const httpsAgent = await createHttpsAgent(env, env.AWS_CA_BUNDLE, { maxSockets: 128 });
  const { AWS_REGION: region = '', AWS_ENDPOINT_URL: endpoint = '' } = env;
  return new EFSClient({ region, endpoint, retryMode: 'adaptive', requestHandler: { httpsAgent } });
}

async function createVolume({ name, parameters, capacityRange }: CreateVolumeRequest) {
  const efs = await opened;
  const FileSystemId = parameters.fileSystemId ?? '';
  const used: number[] = [];
  for await (const page of paginateDescribeAccessPoints({ client: efs, pageSize: 1000 }, { FileSystemId }))
    for (const { PosixUser } of page.AccessPoints ?? []) used.push(PosixUser?.Gid ?? 0);
  const gid = lowestFreeGid(used);
  if (gid === undefined) throw new Error('no GID is free');
  const made = await efs.send(
    new CreateAccessPointCommand({
      FileSystemId,
      ClientToken: name,
      PosixUser: { Uid: gid, Gid: gid },
      RootDirectory: {
        Path: `/${name}`,
        CreationInfo: { OwnerUid: gid, OwnerGid: gid, Permissions: parameters.directoryPerms ?? '700' },
      },
      Tags: [{ Key: 'efs.csi.aws.com/cluster', Value: 'true' }],
    }),
  );
  return {
    volume: {
      volumeId: `efs:${FileSystemId}::${made.AccessPointId}`,
      capacityBytes: capacityRange?.requiredBytes ?? 0n,
      volumeContext: {},
      contentSource: undefined,
      accessibleTopology: [],
    },
  };
}

const always =
  (response: object) =>
  (_call: unknown, answer: (error: null, response: object) => void): void =>
    answer(null, response);

const { CREATE_DELETE_VOLUME } = ControllerServiceCapability_RPC_Type;
const { CONTROLLER_SERVICE } = PluginCapability_Service_Type;
const server = new Server();
server.addService(toGrpcDefinition(IdentityDefinition), {
  probe: always({}),
  getPluginInfo: always({ name: 'efs.csi.aws.com', vendorVersion: '0', manifest: {} }),
  getPluginCapabilities: always({
    capabilities: [{ type: { $case: 'service', service: { type: CONTROLLER_SERVICE } } }],
  }),
});
server.addService(toGrpcDefinition(ControllerDefinition), {
  controllerGetCapabilities: always({
    capabilities: [{ type: { $case: 'rpc', rpc: { type: CREATE_DELETE_VOLUME } } }],
  }),
  createVolume(
    { request }: ServerUnaryCall<CreateVolumeRequest, CreateVolumeResponse>,
    answer: sendUnaryData<CreateVolumeResponse>,
  ) {
    createVolume(request).then(
      (response) => answer(null, response),
      (error: unknown) => answer({ code: status.INTERNAL, details: String(error) }),
    );
  },
});
server.bindAsync(`unix://${socket}`, ServerCredentials.createInsecure(), () => {});
process.on('SIGTERM', () => process.exit(0));
