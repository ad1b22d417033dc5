import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { silentLog } from '../../telemetry/log.ts';
import { CsiError } from '../errors.ts';
import {
  ControllerDefinition,
  GroupControllerDefinition,
  IdentityDefinition,
  NodeDefinition,
  SnapshotMetadataDefinition,
} from '../gen/csi.ts';
import type { CallOptions, IdentityService } from '../service.ts';
import { createVolumeRequest } from '../testing/csi-requests.ts';
import { EndpointError } from './endpoint.ts';
import { type GeneratedService, toGrpcDefinition } from './rpc-handlers.ts';
import { serveCsi } from './serve-csi.ts';

const info = { name: 'memory', vendorVersion: '1', manifest: {} };
const identity: IdentityService = {
  getPluginInfo: async () => info,
  getPluginCapabilities: async () => ({ capabilities: [] }),
  probe: async () => ({ ready: true }),
};

async function scratch(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'berth-csi-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return join(dir, 'csi.sock');
}

async function serving(t: TestContext, changes: Partial<IdentityService> = {}) {
  const path = await scratch(t);
  const options = {
    endpoint: `unix://${path}`,
    services: { identity: { ...identity, ...changes } },
    log: silentLog,
  };
  const server = await serveCsi(options);
  t.after(() => server.close());
  const client = new Client(`unix://${path}`, credentials.createInsecure());
  t.after(() => client.close());
  return { path, options, server, client };
}

/** Calls any RPC of any service as an independent client does. */
function call(
  client: Client,
  service: GeneratedService,
  method: string,
  request: object = {},
  options: { deadline?: number; signal?: AbortSignal } = {},
): Promise<object> {
  const definition = toGrpcDefinition(service)[method];
  assert.ok(definition, method);
  const { deadline, signal } = options;
  return new Promise((resolve, reject) => {
    const running = client.makeUnaryRequest(
      definition.path,
      definition.requestSerialize,
      definition.responseDeserialize,
      request,
      deadline === undefined ? {} : { deadline },
      (error: ServiceError | null, response?: object) =>
        error === null ? resolve(response ?? {}) : reject(error),
    );
    signal?.addEventListener('abort', () => running.cancel());
  });
}

/** An RPC that reports its options and ends when its signal does. */
function untilAborted() {
  const { promise: called, resolve } = Promise.withResolvers<CallOptions>();
  const { promise: ended, resolve: end } = Promise.withResolvers<unknown>();
  const probe = async (_request: object, options: CallOptions) => {
    resolve(options);
    await once(options.signal, 'abort');
    end(options.signal.reason);
    throw options.signal.reason;
  };
  return { called, ended, probe };
}

test('what a function answers is what the client gets', async (t) => {
  const { client } = await serving(t);
  assert.deepEqual(await call(client, IdentityDefinition, 'getPluginInfo'), info);
});

test('every RPC of CSI 1.12 that has no function answers UNIMPLEMENTED and names itself', async (t) => {
  const { client } = await serving(t);
  for (const service of [ControllerDefinition, GroupControllerDefinition, NodeDefinition]) {
    for (const [key, method] of Object.entries(service.methods)) {
      const request = method.requestType.decode(new Uint8Array());
      await assert.rejects(call(client, service, key, request), {
        code: status.UNIMPLEMENTED,
        details: `this driver does not implement ${method.name}`,
      });
    }
  }
});

test('a streaming RPC answers UNIMPLEMENTED too', async (t) => {
  const { client } = await serving(t);
  for (const [key, definition] of Object.entries(toGrpcDefinition(SnapshotMetadataDefinition))) {
    const request = {
      secrets: {},
      snapshotId: 's',
      startingOffset: 0n,
      maxResults: 0,
      baseSnapshotId: 'b',
      targetSnapshotId: 't',
    };
    const stream = client.makeServerStreamRequest(
      definition.path,
      definition.requestSerialize,
      definition.responseDeserialize,
      request,
    );
    stream.resume();
    const [error] = await once(stream, 'error');
    assert.equal(error.code, status.UNIMPLEMENTED, key);
  }
});

test("an error's code and message arrive; an unknown one arrives as INTERNAL without its text", async (t) => {
  const { client } = await serving(t, {
    getPluginInfo: () => Promise.reject(new CsiError('failed-precondition', 'Kernel module fehlt: ü')),
    probe: () => Promise.reject(new Error('hunter2')),
  });
  await assert.rejects(call(client, IdentityDefinition, 'getPluginInfo'), {
    code: status.FAILED_PRECONDITION,
    details: 'Kernel module fehlt: ü',
  });
  await assert.rejects(call(client, IdentityDefinition, 'probe'), (error: ServiceError) => {
    assert.equal(error.code, status.INTERNAL);
    assert.doesNotMatch(error.details, /hunter2/);
    return true;
  });
});

test("the client's deadline reaches the function and ends it", async (t) => {
  const slow = untilAborted();
  const { client } = await serving(t, { probe: slow.probe });
  const deadline = Date.now() + 2_000;
  const outcome = assert.rejects(call(client, IdentityDefinition, 'probe', {}, { deadline }), {
    code: status.DEADLINE_EXCEEDED,
  });
  const options = await slow.called;
  assert.ok(Math.abs((options.deadline ?? 0) - deadline) < 1_000, `${options.deadline} for ${deadline}`);
  await outcome;
  const reason = await slow.ended;
  assert.ok(reason instanceof CsiError);
});

test('a client that cancels or goes away ends the function', async (t) => {
  const slow = untilAborted();
  const { client } = await serving(t, { probe: slow.probe });
  const cancel = new AbortController();
  const outcome = assert.rejects(call(client, IdentityDefinition, 'probe', {}, { signal: cancel.signal }), {
    code: status.CANCELLED,
  });
  assert.equal((await slow.called).deadline, undefined);
  cancel.abort();
  await outcome;
  const reason = await slow.ended;
  assert.ok(reason instanceof CsiError && reason.code === 'aborted');
});

test('a message beyond the bound is refused and the server lives on', async (t) => {
  const { client } = await serving(t);
  const request = createVolumeRequest({ parameters: { a: 'x'.repeat(5 * 1024 * 1024) } });
  await assert.rejects(call(client, ControllerDefinition, 'createVolume', request), {
    code: status.RESOURCE_EXHAUSTED,
  });
  assert.deepEqual(await call(client, IdentityDefinition, 'getPluginInfo'), info);
});

test("the socket is its owner's alone, and the umask is back at once", async (t) => {
  const before = process.umask();
  const { path } = await serving(t);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal(process.umask(), before);
});

test('a socket at which another plugin answers is left to it', async (t) => {
  const { options, client } = await serving(t);
  await assert.rejects(
    serveCsi(options),
    (error) => error instanceof EndpointError && error.code === 'in-use',
  );
  assert.deepEqual(await call(client, IdentityDefinition, 'getPluginInfo'), info);
});

test('a socket that a killed process left behind is replaced', async (t) => {
  const path = await scratch(t);
  const listen = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`;
  const dead = spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(dead.stdout, 'data');
  dead.kill('SIGKILL');
  await once(dead, 'exit');
  assert.ok((await stat(path)).isSocket(), 'the dead socket is there');
  const server = await serveCsi({ endpoint: `unix://${path}`, services: { identity }, log: silentLog });
  t.after(() => server.close());
  const client = new Client(`unix://${path}`, credentials.createInsecure());
  t.after(() => client.close());
  assert.deepEqual(await call(client, IdentityDefinition, 'getPluginInfo'), info);
});

test('a file that is no socket is never removed', async (t) => {
  const path = await scratch(t);
  await writeFile(path, 'mine');
  await assert.rejects(
    serveCsi({ endpoint: `unix://${path}`, services: { identity }, log: silentLog }),
    (error) => error instanceof EndpointError && error.code === 'not-a-socket',
  );
  assert.ok((await stat(path)).isFile());
});

test('a listener that is not gRPC and will not talk counts as alive', async (t) => {
  const path = await scratch(t);
  const other = createServer().listen(path);
  t.after(() => other.close());
  await once(other, 'listening');
  await chmod(path, 0o600);
  await assert.rejects(serveCsi({ endpoint: `unix://${path}`, services: { identity }, log: silentLog }), {
    code: 'in-use',
  });
});

test('closing answers calls that wait with UNAVAILABLE, takes no new ones and removes the socket', async (t) => {
  const slow = untilAborted();
  const { client, server, path } = await serving(t, { probe: slow.probe });
  const outcome = assert.rejects(call(client, IdentityDefinition, 'probe'), { code: status.UNAVAILABLE });
  await slow.called;
  await server.close();
  await outcome;
  await server.close();
  await assert.rejects(stat(path), { code: 'ENOENT' });
  await assert.rejects(call(client, IdentityDefinition, 'getPluginInfo'), { code: status.UNAVAILABLE });
});

test('closing waits for a mount under way', async (t) => {
  const path = await scratch(t);
  const { promise: mounting, resolve: started } = Promise.withResolvers<CallOptions>();
  const { promise: mounted, resolve: finish } = Promise.withResolvers<object>();
  const unused = () => Promise.reject(new Error('not called'));
  const server = await serveCsi({
    endpoint: `unix://${path}`,
    log: silentLog,
    services: {
      identity,
      node: {
        nodePublishVolume: (_request, options) => {
          started(options);
          return mounted;
        },
        nodeUnpublishVolume: unused,
        nodeGetVolumeStats: unused,
        nodeGetCapabilities: unused,
        nodeGetInfo: unused,
      },
    },
  });
  const client = new Client(`unix://${path}`, credentials.createInsecure());
  t.after(() => client.close());
  const request = NodeDefinition.methods.nodePublishVolume.requestType.decode(new Uint8Array());
  const publish = call(client, NodeDefinition, 'nodePublishVolume', request);
  const { signal } = await mounting;
  const closing = server.close();
  assert.equal(signal.aborted, false);
  finish({});
  assert.deepEqual(await publish, {});
  await closing;
});
