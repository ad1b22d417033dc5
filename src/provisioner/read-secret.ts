import type { KubeClient } from '../kube/client.ts';
import type { SecretReference } from '../kube/objects.ts';
import { secrets } from '../kube/resources.ts';

/** A Secret's content as a CSI call carries it; empty without a reference. */
export async function readSecret(
  client: KubeClient,
  reference: SecretReference | undefined,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  if (reference === undefined) return {};
  const { data = {} } = await client.get(secrets, reference, signal);
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}
