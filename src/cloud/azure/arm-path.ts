import { AzureError } from './azure-error.ts';

/**
 * The path of a resource or collection below the ARM endpoint, from its segments. Names come from volume ids and
 * parameters; none of them may lead to another resource. Throws AzureError.
 */
export function armPath(...segments: readonly string[]): string {
  return segments.map((name) => `/${segment(name)}`).join('');
}

/** `/subscriptions/…`, or an error that says that none is configured. */
export function subscriptionPath(subscriptionId: string | undefined): string {
  if (subscriptionId !== undefined) return armPath('subscriptions', subscriptionId);
  throw new AzureError(
    'bad-request',
    'no Azure subscription is configured: name one in azure.json (subscriptionId) or by flag',
  );
}

function segment(name: string): string {
  if (name === '' || name === '.' || name === '..') {
    throw new AzureError('bad-request', `"${name}" cannot be the name of an Azure resource`);
  }
  return encodeURIComponent(name);
}
