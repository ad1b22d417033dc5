import { forbidden, objectNotFound, StatusError } from '../http/status-error.ts';
import type { Namespace } from '../kinds/namespace.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { type ObjectStore, parseEntry } from '../store/object-store.ts';

const namespaces = { group: '', plural: 'namespaces', kind: 'Namespace' };

/** Nothing is created in a namespace that is missing or being deleted. */
export function admitToNamespace(
  store: ObjectStore,
  definition: ResourceDefinition,
  namespace: string,
  name: string,
): void {
  const entry = store.get('/namespaces', '', namespace);
  if (entry === undefined) throw objectNotFound(namespaces, namespace);
  const { metadata } = parseEntry<Namespace>(entry);
  if (metadata.deletionTimestamp === undefined) return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const refusal = forbidden(definition, name, why);
  throw new StatusError('Forbidden', refusal.message, {
    ...refusal.details,
    causes: [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  });
}
