import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../async/clock.ts';
import type { ClusterConfig } from './cluster-config.ts';
import type { Environment } from './proxy.ts';

/** Where the kubelet puts a service account's files. */
const serviceAccountDir = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The kubelet renews the file at 80 % of the token's life (an hour or more), so a minute is early enough. */
const tokenRereadMs = 60_000;

/** Whether this process runs in a pod that may speak to the API server. */
export function isInCluster(environment: Environment): boolean {
  return Boolean(environment.KUBERNETES_SERVICE_HOST && environment.KUBERNETES_SERVICE_PORT);
}

/**
 * The pod's own service account.
 *
 * @throws Error when the environment does not name a server, or the file system's error when a file is missing.
 */
export async function inClusterConfig(
  environment: Environment,
  clock: Clock,
  directory: string = serviceAccountDir,
): Promise<ClusterConfig> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment;
  if (!host || !port)
    throw new Error(
      'not in a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set (elsewhere, give --kubeconfig)',
    );
  const token = tokenFile(join(directory, 'token'), clock);
  await token(false);
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    namespace: (await readFile(join(directory, 'namespace'), 'utf8')).trim(),
    ca: await readFile(join(directory, 'ca.crt'), 'utf8'),
    credentials: async (renew) => ({ authorization: `Bearer ${await token(renew)}` }),
  };
}

function tokenFile(path: string, clock: Clock): (renew: boolean) => Promise<string> {
  let cached: { readonly token: string; readonly until: number } | undefined;
  return async (renew) => {
    if (renew || cached === undefined || clock.now() >= cached.until) {
      const token = (await readFile(path, 'utf8')).trim();
      cached = { token, until: clock.now() + tokenRereadMs };
    }
    return cached.token;
  };
}
