import { type CustomResourceDefinition, customResourceCleanup } from './kinds/custom-resource-definition.ts';
import { resourceOfDefinition } from './resources/custom-resources.ts';
import type { ServerState } from './server-state.ts';
import { type Change, type Entry, parseEntry } from './store/object-store.ts';
import { deleteObject } from './writing/delete-object.ts';
import { updateObject } from './writing/update-object.ts';

const definitions = 'apiextensions.k8s.io/customresourcedefinitions';

/**
 * Keeps the served resources in step with the stored CustomResourceDefinitions, from within each write. A deleted
 * definition takes its objects with it and goes when the last of them, held by finalizers perhaps, is gone.
 */
export function serveCustomResources(state: ServerState): void {
  for (const entry of state.store.list(definitions, undefined)) register(state, entry);
  state.store.onChange((change) => {
    if (change.entry.resource === definitions) onDefinition(state, change);
    else if (change.type === 'DELETED') finishDeletion(state, change.entry.resource);
  });
}

function register({ registry }: ServerState, entry: Entry): CustomResourceDefinition {
  const definition = parseEntry<CustomResourceDefinition>(entry);
  const resource = resourceOfDefinition(definition);
  if (resource === undefined) registry.removeCustom(definition.spec.group, definition.spec.names.plural);
  else registry.setCustom(resource);
  return definition;
}

function onDefinition(state: ServerState, { type, entry }: Change): void {
  const definition = register(state, entry);
  const { group, names } = definition.spec;
  if (type === 'DELETED') state.registry.removeCustom(group, names.plural);
  else if (definition.metadata.deletionTimestamp !== undefined) removeObjects(state, definition);
}

function removeObjects(state: ServerState, definition: CustomResourceDefinition): void {
  const resource = resourceOfDefinition(definition);
  if (resource === undefined || !definition.metadata.finalizers?.includes(customResourceCleanup)) return;
  const entries = state.store.list(resource.storedAs, undefined);
  for (const object of entries) deleteObject(state, resource, object, { dryRun: false });
  if (entries.length === 0) finishDeletion(state, `${definition.spec.group}/${definition.spec.names.plural}`);
}

/** Takes the finalizer off a deleted definition that has no objects left. */
function finishDeletion(state: ServerState, storedAs: string): void {
  const [group = '', plural = ''] = storedAs.split('/');
  const entry = state.store.get(definitions, '', `${plural}.${group}`);
  const resource = state.registry.find('apiextensions.k8s.io', 'v1', 'customresourcedefinitions');
  if (entry === undefined || resource === undefined || state.store.list(storedAs, undefined).length > 0)
    return;
  const definition = parseEntry<CustomResourceDefinition>(entry);
  if (definition.metadata.deletionTimestamp === undefined) return;
  definition.metadata.finalizers = (definition.metadata.finalizers ?? []).filter(
    (one) => one !== customResourceCleanup,
  );
  const options = { dryRun: false, part: 'object', manager: 'apiserver' } as const;
  updateObject(state, { definition: resource, version: 'v1' }, entry, definition, options);
}
