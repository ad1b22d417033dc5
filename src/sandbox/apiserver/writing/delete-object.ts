import type { KubeObject, Pod } from '../../../kube/objects.ts';
import { conflict, forbidden } from '../http/status-error.ts';
import { customResourceCleanup } from '../kinds/custom-resource-definition.ts';
import { addFinalizer } from '../kinds/kind-rules.ts';
import { fixedNamespaces, type Namespace } from '../kinds/namespace.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { type ServerState, timestamp } from '../server-state.ts';
import { type Entry, parseEntry } from '../store/object-store.ts';
import { isFinished } from './update-object.ts';

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan' | undefined;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string } | undefined;
  readonly dryRun: boolean;
}

/** `gone`: removed at once. Otherwise it waits for its finalizers or its grace period, in the form it now has. */
export interface Deleted {
  readonly gone: boolean;
  readonly json: string;
}

export function deleteObject(
  state: ServerState,
  definition: ResourceDefinition,
  entry: Entry,
  options: DeleteOptions,
): Deleted {
  const object = parseEntry(entry);
  checkPreconditions(definition, entry, object, options.preconditions);
  if (definition.storedAs === '/namespaces' && fixedNamespaces.includes(entry.name)) {
    throw forbidden(definition, entry.name, 'this namespace may not be deleted');
  }
  setGracePeriod(state, definition, object, options.gracePeriodSeconds);
  setPropagation(object, options.propagationPolicy);
  if (definition.storedAs === '/namespaces') (object as Namespace).status = { phase: 'Terminating' };
  const isCustomDefinition = definition.storedAs === 'apiextensions.k8s.io/customresourcedefinitions';
  if (isCustomDefinition) addFinalizer(object, customResourceCleanup);
  if (isCustomDefinition || definition.storedAs === '/namespaces') {
    delete object.metadata.deletionGracePeriodSeconds;
  }
  if (
    definition.generation !== 'none' &&
    !isCustomDefinition &&
    parseEntry(entry).metadata.deletionTimestamp === undefined
  ) {
    object.metadata.generation = (object.metadata.generation ?? 0) + 1;
  }
  const gone = isFinished(object);
  if (options.dryRun) return { gone, json: gone ? entry.json : JSON.stringify(object) };
  if (gone) return { gone, json: lastState(definition, object, state.store.remove(entry).json) };
  const unchanged = JSON.stringify(object) === entry.json;
  return { gone, json: unchanged ? entry.json : state.store.put(definition.storedAs, object).json };
}

/** Of a pod, whose end has a time, the answer shows that it came at once. */
function lastState({ storedAs }: ResourceDefinition, object: KubeObject, removed: string): string {
  if (storedAs !== '/pods') return removed;
  const { resourceVersion } = (JSON.parse(removed) as KubeObject).metadata;
  return JSON.stringify({ ...object, metadata: { ...object.metadata, resourceVersion } });
}

function checkPreconditions(
  definition: ResourceDefinition,
  entry: Entry,
  { metadata }: KubeObject,
  preconditions: DeleteOptions['preconditions'] = {},
): void {
  const { uid, resourceVersion } = preconditions;
  if (uid !== undefined && uid !== metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`;
    throw preconditionFailed(definition, entry.name, why);
  }
  if (resourceVersion !== undefined && resourceVersion !== String(entry.revision)) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${entry.revision}). The object might have been modified`;
    throw preconditionFailed(definition, entry.name, why);
  }
}

/** Kubernetes names the kind here, where other conflicts name the resource. */
function preconditionFailed({ group, kind }: ResourceDefinition, name: string, why: string) {
  return conflict({ group, kind, plural: kind }, name, why);
}

/** Only pods have a grace period; a second delete may shorten it, never lengthen. */
function setGracePeriod(
  state: ServerState,
  definition: ResourceDefinition,
  object: KubeObject,
  asked: number | undefined,
): void {
  const seconds = definition.storedAs === '/pods' ? podGracePeriod(object as Pod, asked) : 0;
  const { metadata } = object;
  if (metadata.deletionTimestamp !== undefined && seconds >= (metadata.deletionGracePeriodSeconds ?? 0))
    return;
  metadata.deletionTimestamp = timestamp(state.clock.now() + seconds * 1000);
  metadata.deletionGracePeriodSeconds = seconds;
}

function podGracePeriod(pod: Pod, asked: number | undefined): number {
  // No kubelet has it, or what ran has ended: there is nobody to wait for.
  const ended = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  if ((pod.spec.nodeName ?? '') === '' || ended) return 0;
  const seconds = asked ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  return seconds < 0 ? 1 : seconds;
}

/** The garbage collector acts on these finalizers and takes them away; without one, it removes dependents later. */
function setPropagation(object: KubeObject, policy: DeleteOptions['propagationPolicy']): void {
  if (policy === 'Foreground') addFinalizer(object, 'foregroundDeletion');
  if (policy === 'Orphan') addFinalizer(object, 'orphan');
}
