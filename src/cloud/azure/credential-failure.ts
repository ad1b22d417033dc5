import { AzureError } from './azure-error.ts';
import type { CredentialChoice } from './credential-choice.ts';

/**
 * Why a credential gave no token, in words for the user: which one it was, what the authority said, what to look at.
 * Azure's own error is not kept as the cause: it holds the request, and with it the secret.
 */
export function credentialFailure(choice: CredentialChoice, error: unknown): AzureError {
  const chain = [...causes(error)];
  const said = withoutSecret(choice, chain[0]?.message ?? String(error));
  // Entra adds trace ids and a time, which would make every repetition look like a new failure.
  const words = said.split(/\.?\s*(?:\r?\n|Trace ID:|Correlation ID:|$)/)[0];
  const code = /\bAADSTS\d+\b/.exec(said)?.[0] ?? '';
  const kind = code === '' && chain.some(isNetworkFailure) ? 'no-answer' : 'unauthenticated';
  const check = kind === 'no-answer' ? reachability(choice) : advice(choice);
  const message = `no Azure token from ${describe(choice)}: ${words}: ${check}`;
  return new AzureError(kind, message, { code, cause: new Error(said) });
}

function* causes(error: unknown): Generator<Error> {
  for (let depth = 0; error instanceof Error && depth < 10; depth++) {
    yield error;
    error = error.cause;
  }
}

/** Node's system error codes, and MSAL's word for them. */
function isNetworkFailure(error: Error): boolean {
  const { code, errorCode } = error as { code?: unknown; errorCode?: unknown };
  if (error.name === 'TimeoutError' || errorCode === 'network_error') return true;
  return typeof code === 'string' && /^(E[A-Z]+|UNABLE_TO_.*|.*CERT.*|REQUEST_SEND_ERROR)$/.test(code);
}

function withoutSecret(choice: CredentialChoice, text: string): string {
  return choice.type === 'service-principal' ? text.replaceAll(choice.clientSecret, '***') : text;
}

/** The credential in words, without its secrets. */
function describe(choice: CredentialChoice): string {
  switch (choice.type) {
    case 'workload-identity':
      return `workload identity ${choice.clientId}`;
    case 'service-principal':
      return `service principal ${choice.clientId}`;
    case 'managed-identity':
      return choice.identity === undefined
        ? "the machine's managed identity"
        : `managed identity ${Object.values(choice.identity).join()}`;
    case 'az-cli':
      return 'the az command line';
  }
}

function reachability(choice: CredentialChoice): string {
  if (choice.type === 'managed-identity') return advice(choice);
  return 'check that the token authority can be reached from here (DNS, firewall, HTTPS_PROXY) and its certificate trusted (caFile)';
}

/** What to look at when it gives no token. */
function advice(choice: CredentialChoice): string {
  switch (choice.type) {
    case 'workload-identity':
      return (
        "check that the identity has a federated credential for this pod's service account " +
        '(system:serviceaccount:<namespace>:<name>) and that AZURE_CLIENT_ID and AZURE_TENANT_ID are its own'
      );
    case 'service-principal':
      return 'check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (tenantId, aadClientId, aadClientSecret in azure.json)';
    case 'managed-identity':
      return "check that the identity is assigned to this machine's scale set and that nothing keeps the pod from 169.254.169.254:80";
    case 'az-cli':
      return 'run `az login`, or set up a workload identity, a service principal or a managed identity';
  }
}
