import { Agent } from 'node:https';
import type { Environment } from './aws-environment.ts';

/** Connections to AWS: kept alive, through HTTPS_PROXY where NO_PROXY does not exempt the host. `ca`: PEM. */
export function createHttpsAgent(env: Environment, ca: readonly string[] | undefined): Agent {
  const exempt = env.no_proxy ?? env.NO_PROXY ?? '';
  return new Agent({
    keepAlive: true,
    maxSockets: 128,
    proxyEnv: {
      HTTPS_PROXY: env.https_proxy ?? env.HTTPS_PROXY,
      // A simulated AWS on this machine is not behind the company's proxy, and no one thinks of listing it.
      NO_PROXY: [exempt, 'localhost', '127.0.0.1-127.255.255.255', '::1'].filter(Boolean).join(','),
    },
    ...(ca === undefined ? {} : { ca: [...ca] }),
  });
}
