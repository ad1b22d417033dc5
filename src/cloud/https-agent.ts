import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { CloudConfigError } from './cloud-config-error.ts';
import type { Environment } from './environment.ts';

/**
 * Connections to a cloud: kept alive, through HTTPS_PROXY where NO_PROXY does not exempt the host, trusting the system's
 * authorities and those of `caFile` (PEM). `maxSockets`: connections to one host at a time, without it any number.
 * Throws CloudConfigError where the file cannot be used.
 */
export async function createHttpsAgent(
  env: Environment,
  caFile: string | undefined,
  { maxSockets }: { readonly maxSockets?: number } = {},
): Promise<Agent> {
  return new Agent({
    keepAlive: true,
    proxyEnv: proxyEnvironment(env),
    ...(maxSockets === undefined ? {} : { maxSockets }),
    ...(caFile === undefined ? {} : { secureContext: trusting(await readAuthorities(caFile)) }),
  });
}

/**
 * The system's authorities and these. As the option `ca` all of them would be part of the key by which an agent finds
 * connections, made anew several times a request, and be parsed for each connection: more than all the rest of a request.
 */
function trusting(authorities: string): SecureContext {
  return createSecureContext({ ca: [...getCACertificates('default'), authorities] });
}

function proxyEnvironment(env: Environment) {
  const exempt = env.no_proxy ?? env.NO_PROXY ?? '';
  return {
    HTTPS_PROXY: env.https_proxy ?? env.HTTPS_PROXY,
    // A simulated cloud on this machine is not behind the company's proxy, and no one thinks of listing it.
    NO_PROXY: [exempt, 'localhost', '127.0.0.1-127.255.255.255', '::1']
      .filter((entry) => entry !== '')
      .join(','),
  };
}

async function readAuthorities(path: string): Promise<string> {
  const pem = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new CloudConfigError(path, 'the file of certificate authorities cannot be read', { cause });
  });
  try {
    new X509Certificate(pem);
  } catch (cause) {
    throw new CloudConfigError(path, 'holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)', {
      cause,
    });
  }
  return pem;
}
