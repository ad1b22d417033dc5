import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../async/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import type { PodRuntime } from '../pod-runtime.ts';
import { bootstrapCluster } from './bootstrap-cluster.ts';
import { serveCustomResources } from './custom-resources-loop.ts';
import { createOpenApiDocuments } from './discovery/openapi.ts';
import { expireObjects } from './expire-objects.ts';
import { handleRequest } from './http/handle-request.ts';
import { createWatchHub } from './requests/watch-hub.ts';
import { createRegistry } from './resources/registry.ts';
import { indexedFields, selectableFields } from './resources/selectable-fields.ts';
import type { ServerState } from './server-state.ts';
import { openObjectStore } from './store/object-store.ts';
import { handleUpgrade } from './streaming/exec.ts';

export interface ApiServerOptions {
  /** SQLite file with the whole state of the cluster. */
  readonly databaseFile: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** PEM. */
  readonly tls: { readonly cert: string; readonly key: string };
  /** Bearer token → user name; every user may do everything. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Serves `kubectl logs` and `kubectl exec`; undefined while no kubelet stand-in runs. */
  readonly runtime: () => PodRuntime | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** `gitVersion` that /version reports. */
  readonly version?: string;
}

export interface ApiServer {
  readonly url: string;
  readonly port: number;
  /** Ends every watch and log, then closes the state file. */
  close(): Promise<void>;
}

const KUBERNETES_VERSION = 'v1.36.3+berth';

/**
 * Starts the sandbox's API server: a subset of Kubernetes over HTTPS.
 * @throws StateFileError where the state file is in use, of a newer schema or broken.
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { databaseFile, host, clock, log, tokens, runtime, version = KUBERNETES_VERSION } = options;
  const store = openObjectStore({
    file: databaseFile,
    clock,
    selectable: (resource) => selectableFields(resource),
    indexed: indexedFields,
  });
  const registry = createRegistry();
  const state: ServerState = {
    store,
    registry,
    watches: createWatchHub(store),
    clock,
    log,
    version,
    tokens,
    runtime,
  };
  serveCustomResources(state);
  bootstrapCluster(state);
  const closing = new AbortController();
  const services = { state, openApi: createOpenApiDocuments(registry, version), closing: closing.signal };
  const server = createServer({ ...options.tls, ALPNProtocols: ['http/1.1'] });
  // Node's own limits would cut off watches, and clients that keep connections open between requests.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 120_000;
  server.on('request', (request, response) => void handleRequest(services, request, response));
  server.on('upgrade', (request, socket, head) => void handleUpgrade(services, request, socket, head));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, resolve);
  });
  const expiry = expireObjects(state, closing.signal);
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    async close() {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await Promise.all([closed, expiry]);
      store.close();
    },
  };
}
