import { isDeepStrictEqual } from 'node:util';
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import { keyOf, nameOf } from './loop.ts';

/** Writes the fields of a status that differ from what the object has, and nothing where none does. */
export async function writeStatus<T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  object: T,
  status: Readonly<Record<string, unknown>>,
): Promise<void> {
  const before = (object.status ?? {}) as Record<string, unknown>;
  const changed = Object.entries(status).some(([field, value]) => !isDeepStrictEqual(before[field], value));
  if (!changed) return;
  const body = { status };
  await client.patch(resource, nameOf(keyOf(object)), { type: 'merge', body }, { subresource: 'status' });
}
