import { CloudConfigError } from '../cloud-config-error.ts';
import type { Environment } from '../environment.ts';
import type { CredentialHints } from './azure-json.ts';

/** One way to get a token. */
export type CredentialChoice =
  | {
      readonly type: 'workload-identity';
      readonly tenantId: string;
      readonly clientId: string;
      readonly tokenFile: string;
    }
  | {
      readonly type: 'service-principal';
      readonly tenantId: string;
      readonly clientId: string;
      readonly clientSecret: string;
    }
  | {
      readonly type: 'managed-identity';
      /** Undefined: the identity that the machine itself has. */
      readonly identity: { readonly clientId: string } | { readonly resourceId: string } | undefined;
      /** Nothing asked for it: it is tried only where the metadata service answers. */
      readonly onlyIfThere: boolean;
    }
  | { readonly type: 'az-cli'; readonly tenantId: string | undefined };

type Facts = CredentialHints & { readonly env: Environment };

/**
 * The credentials to try, in order. Azure's DefaultAzureCredential tries everything in turn, so a mistake in the first
 * way makes a program act as somebody else; here a way that is set up is the only one. Only on a machine where nothing
 * is set up two are tried: its own identity, then the az command line. AZURE_TOKEN_CREDENTIALS narrows the choice with
 * the same words as in Azure's SDKs. Pure; throws CloudConfigError.
 */
export function chooseCredentials(hints: CredentialHints, env: Environment): readonly CredentialChoice[] {
  const facts = { ...hints, env };
  const wanted = env.AZURE_TOKEN_CREDENTIALS?.trim() ?? '';
  switch (wanted.toLowerCase()) {
    case '':
      return configured(facts) ?? [managedIdentity(facts, true), azCli(facts)];
    case 'prod':
      return configured(facts) ?? [managedIdentity(facts, false)];
    case 'dev':
    case 'azureclicredential':
      return [azCli(facts)];
    case 'workloadidentitycredential':
      return [workloadIdentity(facts)];
    case 'environmentcredential':
      return [servicePrincipal(facts)];
    case 'managedidentitycredential':
      return [managedIdentity(facts, false)];
    default:
      throw new CloudConfigError(
        'AZURE_TOKEN_CREDENTIALS',
        `"${wanted}" is not supported; use prod, dev, WorkloadIdentityCredential, EnvironmentCredential, ` +
          'ManagedIdentityCredential or AzureCliCredential',
      );
  }
}

function configured(facts: Facts): readonly CredentialChoice[] | undefined {
  if (facts.env.AZURE_FEDERATED_TOKEN_FILE) return [workloadIdentity(facts)];
  if (secretOf(facts)) return [servicePrincipal(facts)];
  const asksForIdentity = facts.env.AZURE_CLIENT_ID || facts.env.IDENTITY_ENDPOINT || facts.env.MSI_ENDPOINT;
  if (facts.useManagedIdentityExtension || asksForIdentity) return [managedIdentity(facts, false)];
  return undefined;
}

function workloadIdentity(facts: Facts): CredentialChoice {
  return {
    type: 'workload-identity',
    tenantId: tenantOf(facts, 'workload identity'),
    clientId: required(facts.env.AZURE_CLIENT_ID, 'AZURE_CLIENT_ID', 'workload identity'),
    tokenFile: required(
      facts.env.AZURE_FEDERATED_TOKEN_FILE,
      'AZURE_FEDERATED_TOKEN_FILE',
      'workload identity (is the pod labelled azure.workload.identity/use: "true"?)',
    ),
  };
}

function servicePrincipal(facts: Facts): CredentialChoice {
  const clientId = facts.env.AZURE_CLIENT_ID || facts.aadClientId;
  return {
    type: 'service-principal',
    tenantId: tenantOf(facts, 'the service principal'),
    clientId: required(clientId, 'AZURE_CLIENT_ID (or aadClientId in azure.json)', 'the service principal'),
    clientSecret: required(
      secretOf(facts),
      'AZURE_CLIENT_SECRET (or aadClientSecret in azure.json)',
      'the service principal',
    ),
  };
}

function managedIdentity(facts: Facts, onlyIfThere: boolean): CredentialChoice {
  const hinted = facts.useManagedIdentityExtension ? facts.userAssignedIdentityID : undefined;
  return { type: 'managed-identity', identity: identityOf(facts.env.AZURE_CLIENT_ID || hinted), onlyIfThere };
}

function identityOf(id: string | undefined) {
  if (id === undefined) return undefined;
  return id.startsWith('/') ? { resourceId: id } : { clientId: id };
}

function azCli(facts: Facts): CredentialChoice {
  return { type: 'az-cli', tenantId: facts.env.AZURE_TENANT_ID || facts.tenantId };
}

/** AKS writes the word `msi` for client and secret where the cluster has a managed identity. */
function secretOf({ aadClientId, aadClientSecret, env }: Facts): string | undefined {
  if (env.AZURE_CLIENT_SECRET) return env.AZURE_CLIENT_SECRET;
  return aadClientId === 'msi' || aadClientSecret === 'msi' ? undefined : aadClientSecret;
}

function tenantOf({ env, tenantId }: Facts, purpose: string): string {
  return required(env.AZURE_TENANT_ID || tenantId, 'AZURE_TENANT_ID (or tenantId in azure.json)', purpose);
}

function required(value: string | undefined, source: string, purpose: string): string {
  if (!value) throw new CloudConfigError(source, `must be set for ${purpose}`);
  return value;
}
