import { Server, ServerCredentials } from '@grpc/grpc-js';
import { IdentityDefinition, NodeDefinition } from '../../src/csi/gen/csi.ts';
import { toGrpcDefinition } from '../../src/csi/grpc/rpc-handlers.ts';

// The least that a CSI plugin in this language can be: it answers Probe and NodePublishVolume and does nothing. What a
// plugin takes beyond it is what the plugin does; the rest is Node and gRPC.
const [socket = ''] = process.argv.slice(2);
const nothing = (_call: unknown, answer: (error: null, response: object) => void) => answer(null, {});
const server = new Server();
server.addService(toGrpcDefinition(IdentityDefinition), { probe: nothing });
server.addService(toGrpcDefinition(NodeDefinition), {
  nodePublishVolume: nothing,
  nodeUnpublishVolume: nothing,
});
server.bindAsync(`unix://${socket}`, ServerCredentials.createInsecure(), () => {});
process.on('SIGTERM', () => process.exit(0));
