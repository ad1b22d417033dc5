import { Agent as HttpAgent } from 'node:http';
import type { Agent } from 'node:https';
import type { AccessToken, TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import type { AzureEnvironment } from './azure-environment.ts';
import type { CredentialChoice } from './credential-choice.ts';

export interface CredentialNetwork {
  readonly environment: AzureEnvironment;
  /** For the authority host. */
  readonly agent: Agent;
}

/** Asks for a new token, or null where the credential gives none. */
export type AskForToken = (scope: string, signal: AbortSignal) => Promise<AccessToken | null>;

/** Azure's own credential for a choice. Nothing is asked of anybody yet. */
export async function openCredential(
  choice: CredentialChoice,
  network: CredentialNetwork,
): Promise<AskForToken> {
  // The largest of Azure's packages: loaded only where a token is really needed.
  const [identity, { createDefaultHttpClient }] = await Promise.all([
    import('@azure/identity'),
    import('@azure/core-rest-pipeline'),
  ]);
  const transport = createDefaultHttpClient();
  let lost: unknown;
  const httpClient: HttpClient = {
    sendRequest: (request) =>
      transport.sendRequest(request).catch((error: unknown) => {
        lost = error;
        throw error;
      }),
  };
  const credential = create(identity, choice, network, httpClient);
  return async (scope, abortSignal) => {
    lost = undefined;
    return credential.getToken(scope, { abortSignal }).catch((error: unknown) => {
      // Azure's error for an authority that does not answer is a link to a web page; the transport knows the reason.
      throw lost ?? error;
    });
  };
}

function create(
  identity: typeof import('@azure/identity'),
  choice: CredentialChoice,
  { environment, agent }: CredentialNetwork,
  httpClient: HttpClient,
): TokenCredential {
  const authority = {
    authorityHost: environment.authorityHost,
    disableInstanceDiscovery: environment.isCustom,
    agent,
    httpClient,
    // Whoever asked for the token comes back anyway, and tells the user meanwhile.
    retryOptions: { maxRetries: 1, retryDelayInMs: 500 },
  };
  switch (choice.type) {
    case 'workload-identity': {
      const { tenantId, clientId, tokenFile: tokenFilePath } = choice;
      return new identity.WorkloadIdentityCredential({ ...authority, tenantId, clientId, tokenFilePath });
    }
    case 'service-principal': {
      const { tenantId, clientId, clientSecret } = choice;
      return new identity.ClientSecretCredential(tenantId, clientId, clientSecret, authority);
    }
    case 'managed-identity':
      // The metadata service is plain HTTP on the machine's own link; a proxy for the internet cannot reach it.
      return new identity.ManagedIdentityCredential({
        ...choice.identity,
        httpClient,
        agent: new HttpAgent(),
      });
    case 'az-cli':
      return new identity.AzureCliCredential(
        choice.tenantId === undefined ? {} : { tenantId: choice.tenantId },
      );
  }
}
