import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { getCACertificates } from 'node:tls';
import { AzureConfigError } from './azure-config-error.ts';

/** Process environment, as far as it is asked for. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Connections to Azure: kept alive, through HTTPS_PROXY where NO_PROXY does not exempt the host, trusting the system's
 * authorities and those of `caFile`. Throws AzureConfigError.
 */
export async function createHttpsAgent(env: Environment, caFile: string | undefined): Promise<Agent> {
  return new Agent({
    keepAlive: true,
    proxyEnv: proxyEnvironment(env),
    ...(caFile === undefined ? {} : { ca: [...getCACertificates('default'), await readAuthorities(caFile)] }),
  });
}

function proxyEnvironment(env: Environment) {
  const exempt = env.no_proxy ?? env.NO_PROXY ?? '';
  return {
    HTTPS_PROXY: env.https_proxy ?? env.HTTPS_PROXY,
    // A simulated Azure on this machine is not behind the company's proxy, and no one thinks of listing it.
    NO_PROXY: [exempt, 'localhost', '127.0.0.1-127.255.255.255', '::1']
      .filter((entry) => entry !== '')
      .join(','),
  };
}

async function readAuthorities(path: string): Promise<string> {
  const pem = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AzureConfigError(path, 'the file of certificate authorities cannot be read', { cause });
  });
  try {
    new X509Certificate(pem);
  } catch (cause) {
    throw new AzureConfigError(path, 'holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)', {
      cause,
    });
  }
  return pem;
}
