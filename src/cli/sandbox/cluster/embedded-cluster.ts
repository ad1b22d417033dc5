import { randomBytes } from 'node:crypto';
import { systemClock } from '../../../async/clock.ts';
import { fixedCredentials } from '../../../kube/cluster-config.ts';
import { openKubeClient } from '../../../kube/open-kube-client.ts';
import { startApiServer } from '../../../sandbox/apiserver/start-api-server.ts';
import { startLoops } from '../../../sandbox/loops/start-loops.ts';
import type { Authority } from '../../../sandbox/pki/authority.ts';
import type { PodRuntime } from '../../../sandbox/pod-runtime.ts';
import type { StateDir } from '../../../sandbox/state/state-dir.ts';
import { HOST, serverCertificate } from '../host.ts';
import { readKubeconfig, writeKubeconfigs } from '../kubeconfigs.ts';
import { preferredPort } from '../ports.ts';
import type { PartsOptions } from '../start-parts.ts';
import { ownCluster, type SandboxCluster } from './sandbox-cluster.ts';

/** The sandbox's own API server and loops, in this process. */
export async function startEmbeddedCluster(
  dir: StateDir,
  authority: Authority,
  { signal, log, onClose }: PartsOptions,
): Promise<SandboxCluster> {
  const earlier = await readKubeconfig(dir);
  const token = earlier?.token ?? randomBytes(32).toString('base64url');
  let runtime: () => PodRuntime | undefined = () => undefined;
  const api = await startApiServer({
    databaseFile: dir.kubeDatabase,
    host: HOST,
    port: await preferredPort(earlier?.server),
    tls: await serverCertificate(authority),
    tokens: new Map([[token, 'berth-sandbox-admin']]),
    runtime: () => runtime(),
    clock: systemClock,
    log: log.child({ part: 'apiserver' }),
  });
  onClose(() => api.close());
  await writeKubeconfigs(dir, { server: api.url, token, caCertificate: authority.caCertificate });
  const client = openKubeClient(
    {
      server: api.url,
      namespace: 'default',
      ca: authority.caCertificate,
      credentials: fixedCredentials({ authorization: `Bearer ${token}` }),
    },
    { userAgent: 'berth-sandbox' },
  );
  const loops = startLoops({ client, clock: systemClock, log: log.child({ part: 'loops' }), signal });
  onClose(() => loops.done);
  await loops.started;
  return {
    ...ownCluster(dir, client),
    servePods: async (pods) => {
      runtime = pods;
      return {};
    },
  };
}
