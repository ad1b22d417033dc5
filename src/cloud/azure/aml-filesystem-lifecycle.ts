import type { AmlFilesystem, AmlFilesystems } from './aml-filesystem.ts';
import { parseAmlFilesystem } from './aml-filesystem-wire.ts';
import type { AmlFilesystemsOptions } from './aml-filesystems.ts';
import type { ArmResponse } from './arm-client.ts';
import { armPath, subscriptionPath } from './arm-path.ts';
import { AzureError } from './azure-error.ts';
import { type Operation, operationOf, pollOperation } from './long-running.ts';
import { isAbsent, putOnce } from './put-once.ts';

type Lifecycle = Pick<AmlFilesystems, 'get' | 'list' | 'beginCreate' | 'beginDelete' | 'operation'>;

/** Making, finding and removing file systems. */
export function amlFilesystemLifecycle(options: AmlFilesystemsOptions): Lifecycle {
  const { client, subscriptionId, apiVersion } = options;
  const pathOf = (resourceGroup: string, name: string) =>
    subscriptionPath(subscriptionId) +
    armPath('resourceGroups', resourceGroup) +
    armPath('providers', 'Microsoft.StorageCache', 'amlFilesystems', name);
  const operations = startedOperations(options);

  async function get(path: string, signal: AbortSignal): Promise<AmlFilesystem | undefined> {
    try {
      return parseAmlFilesystem((await client.send({ method: 'GET', path, apiVersion }, signal)).body);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      operations.forget(path);
      return undefined;
    }
  }

  async function put(path: string, body: AmlFilesystem, signal: AbortSignal): Promise<AmlFilesystem> {
    const request = { method: 'PUT', path, apiVersion, body, whenUnclear: 'report' } as const;
    const response = await client.send(request, signal);
    operations.remember(path, response);
    return parseAmlFilesystem(response.body);
  }

  async function remove(path: string, signal: AbortSignal): Promise<void> {
    try {
      operations.remember(path, await client.send({ method: 'DELETE', path, apiVersion }, signal));
    } catch (error) {
      if (!isAbsent(error)) throw error;
      operations.forget(path);
    }
  }

  return {
    get: async (resourceGroup, name, signal) => get(pathOf(resourceGroup, name), signal),
    beginCreate: async (resourceGroup, name, body, signal) =>
      putOnce(
        () => put(pathOf(resourceGroup, name), body, signal),
        () => get(pathOf(resourceGroup, name), signal),
      ),
    beginDelete: async (resourceGroup, name, signal) => remove(pathOf(resourceGroup, name), signal),
    operation: async (resourceGroup, name, signal) => operations.look(pathOf(resourceGroup, name), signal),
    async list(signal) {
      const collection = armPath('providers', 'Microsoft.StorageCache', 'amlFilesystems');
      const path = subscriptionPath(subscriptionId) + collection;
      return (await client.list({ method: 'GET', path, apiVersion }, signal)).map(parseAmlFilesystem);
    },
  };
}

/** Operations that this process started, by the file system's path. Losing them costs a percentage, nothing else. */
function startedOperations({ client, clock }: AmlFilesystemsOptions) {
  const known = new Map<string, Operation>();

  return {
    remember(path: string, response: ArmResponse): void {
      const operation = operationOf(response);
      if (operation === undefined) known.delete(path);
      else known.set(path, operation);
    },
    forget(path: string): void {
      known.delete(path);
    },
    async look(path: string, signal: AbortSignal) {
      const operation = known.get(path);
      if (operation === undefined) return undefined;
      const state = await pollOperation(client, operation, clock.now(), signal).catch((error: unknown) => {
        // ARM forgets operations some time after they have ended.
        if (error instanceof AzureError && error.kind === 'not-found') return undefined;
        throw error;
      });
      if (state?.type === 'running') {
        known.set(path, state.operation);
        return { status: state.status, percent: state.percent, retryAfterMs: state.retryAfterMs };
      }
      known.delete(path);
      if (state?.type === 'failed') throw state.error;
      return undefined;
    },
  };
}
