import { CsiError } from '../csi/errors.ts';
import { type KubeClient, KubeError } from '../kube/client.ts';
import type { KubeObject, Secret } from '../kube/objects.ts';
import { configMaps, secrets } from '../kube/resources.ts';

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** Reads single values of ConfigMaps and Secrets for a driver, straight from the API server. */
export function createClusterValues(client: KubeClient) {
  return {
    /** Undefined where there is no such object or key. Throws CsiError. */
    async read(
      kind: 'ConfigMap' | 'Secret',
      { namespace, name, key }: { readonly namespace: string; readonly name: string; readonly key: string },
      signal: AbortSignal,
    ): Promise<string | undefined> {
      try {
        if (kind === 'ConfigMap') {
          const { data }: ConfigMap = await client.get(configMaps, { namespace, name }, signal);
          return data?.[key];
        }
        const { data }: Secret = await client.get(secrets, { namespace, name }, signal);
        const value = data?.[key];
        return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8').trim();
      } catch (error) {
        if (!(error instanceof KubeError)) throw error;
        if (error.reason === 'NotFound') return undefined;
        const forbidden = error.reason === 'Forbidden';
        throw new CsiError(
          forbidden ? 'permission-denied' : 'unavailable',
          forbidden
            ? `RBAC does not let the controller get ${kind} ${namespace}/${name}: give its service account the verb get on it`
            : `${kind} ${namespace}/${name} could not be read: ${error.message}`,
          { cause: error },
        );
      }
    },
  };
}
