import type { KubeObject } from '../../../kube/objects.ts';
import { admitToQuota } from '../admission/resource-quota.ts';
import {
  difference,
  managedPaths,
  readManagers,
  trackUpdate,
  writeManagers,
} from '../apply/managed-fields.ts';
import { shapeOf } from '../apply/shape.ts';
import { badRequest, conflict, invalid, modifiedMeanwhile, StatusError } from '../http/status-error.ts';
import { sameJson } from '../kinds/kind-rules.ts';
import { rulesOf } from '../kinds/rules-by-resource.ts';
import { apiVersionOf, type ResourceDefinition } from '../resources/resource-definition.ts';
import { addAlwaysPresent, storedType, withoutNulls } from '../schema/always-present.ts';
import { setCustomDefaults, validateCustom } from '../schema/custom-schema.ts';
import { type ServerState, timestamp } from '../server-state.ts';
import { type Entry, parseEntry } from '../store/object-store.ts';
import { invalidValue } from '../validation/field-error.ts';
import { dnsSubdomain, pathSegment } from '../validation/names.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from '../validation/object-meta.ts';
import { clusterView } from './cluster-view.ts';
import { eachOnce, inOrder, type WriteTarget, type Written } from './create-object.ts';

export interface UpdateOptions {
  readonly dryRun: boolean;
  /** What the request may change: the object without its status, the status, or only a namespace's finalizers. */
  readonly part: 'object' | 'status' | 'finalizers' | 'binding';
  /** Who writes, for the ownership of fields; undefined where the object's managedFields already say it. */
  readonly manager: string | undefined;
}

/**
 * Replaces `entry` by `object`, which may be removed by it when that was all it waited for. An object that is not
 * changed keeps its resourceVersion and is not written.
 */
export function updateObject(
  state: ServerState,
  { definition, version }: Omit<WriteTarget, 'namespace'>,
  entry: Entry,
  object: KubeObject,
  options: UpdateOptions,
): Written {
  const { dryRun, part } = options;
  const old = withoutNulls(parseEntry(entry)) as KubeObject;
  const rules = rulesOf(definition.storedAs);
  const schema = definition.custom?.get(version)?.schema;
  checkVersion(definition, entry, object);
  const metadataErrors = validateObjectMetaUpdate(object.metadata, old.metadata);
  keepSystemFields(object, old);
  keepOtherPart(definition, object, old, part);
  setCustomDefaults(schema, object);
  rules.setDefaults?.(object);
  if (part === 'object' || part === 'status') rules.prepareUpdate?.(object, old, clusterView(state));
  if (part !== 'binding') countGeneration(definition, object, old);
  const checkName = rules.checkName ?? (definition.storedAs === '/events' ? pathSegment : dnsSubdomain);
  const errors = [
    ...validateObjectMeta(object.metadata, checkName),
    ...metadataErrors,
    ...(part === 'object'
      ? [...(rules.validate?.(object) ?? []), ...(rules.validateUpdate?.(object, old) ?? [])]
      : []),
    ...validateCustom(schema, object),
  ];
  if (errors.length > 0) throw invalid(definition, entry.name, errors);
  if (part === 'object') {
    rules.admitUpdate?.(object, old, clusterView(state));
    if (definition.namespaced) admitToQuota(state.store, definition, object, old);
  }
  trackOwnership(state, { definition, version }, object, old, options);
  const ordered = inOrder(object);
  if (definition.type !== undefined) addAlwaysPresent(storedType(definition), ordered);
  if (dryRun) return { json: JSON.stringify(ordered) };
  if (isFinished(ordered)) {
    state.store.remove(entry);
    return { json: JSON.stringify(ordered) };
  }
  return sameJson(ordered, parseEntry(entry)) ? entry : state.store.put(definition.storedAs, ordered);
}

function checkVersion(definition: ResourceDefinition, entry: Entry, { metadata }: KubeObject): void {
  if (metadata.name !== undefined && metadata.name !== entry.name) {
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${entry.name})`,
    );
  }
  if ((metadata.namespace ?? entry.namespace) !== entry.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const wanted = metadata.resourceVersion ?? '';
  if (wanted === '' && !definition.unconditionalUpdate) {
    // The one refusal that names the resource where others name the kind.
    throw invalid({ ...definition, kind: definition.plural }, entry.name, [
      invalidValue('metadata.resourceVersion', 0, 'must be specified for an update'),
    ]);
  }
  if (!/^\d*$/.test(wanted)) {
    const quoted = JSON.stringify(wanted);
    throw new StatusError('Unknown', `strconv.ParseUint: parsing ${quoted}: invalid syntax`);
  }
  if (wanted !== '' && wanted !== String(entry.revision)) {
    throw conflict(definition, entry.name, modifiedMeanwhile);
  }
}

const systemFields = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'resourceVersion',
] as const;

/** What no client may change. */
function keepSystemFields(object: KubeObject, old: KubeObject): void {
  const metadata: Record<string, unknown> = { ...object.metadata };
  for (const field of systemFields) {
    if (old.metadata[field] === undefined) delete metadata[field];
    else metadata[field] = old.metadata[field];
  }
  object.metadata = metadata;
  const owners = eachOnce(object.metadata.ownerReferences);
  if (owners !== undefined) object.metadata.ownerReferences = owners;
}

function keepOtherPart(
  definition: ResourceDefinition,
  object: KubeObject,
  old: KubeObject,
  part: UpdateOptions['part'],
): void {
  if (part === 'finalizers') {
    const { spec } = object;
    replaceFields(object, { ...old, metadata: { ...old.metadata }, spec });
  } else if (part === 'status') {
    const { status } = object;
    // Of a custom resource, a status write changes the status alone; of a built-in one also labels and annotations.
    const metadata = definition.custom === undefined ? object.metadata : old.metadata;
    replaceFields(object, { ...old, metadata, ...(status === undefined ? {} : { status }) });
    if (status === undefined) delete object.status;
  } else if (part === 'object' && definition.subresources.includes('status')) {
    if (old.status === undefined) delete object.status;
    else object.status = structuredClone(old.status);
  }
}

function replaceFields(object: KubeObject, fields: KubeObject): void {
  for (const key of Object.keys(object)) delete object[key];
  Object.assign(object, structuredClone(fields));
}

function countGeneration(definition: ResourceDefinition, object: KubeObject, old: KubeObject): void {
  if (definition.generation === 'none') return;
  const tracked = ({ metadata: _metadata, status, ...rest }: KubeObject) => {
    if (definition.generation === 'spec') return rest.spec;
    return definition.subresources.includes('status') ? rest : { ...rest, status };
  };
  if (!sameJson(tracked(object), tracked(old)))
    object.metadata.generation = (old.metadata.generation ?? 0) + 1;
}

/**
 * Ownership of fields is kept from an object's first server-side apply on. A client may write the list itself, as kubectl
 * does when it moves an object to server-side apply, and clears it with an empty one.
 */
function trackOwnership(
  { clock }: ServerState,
  { definition, version }: Omit<WriteTarget, 'namespace'>,
  object: KubeObject,
  old: KubeObject,
  { manager, part }: UpdateOptions,
): void {
  if (manager === undefined) return;
  const given = object.metadata.managedFields ?? old.metadata.managedFields;
  if (given === undefined || given.length === 0) {
    delete object.metadata.managedFields;
    return;
  }
  object.metadata.managedFields = given;
  const shape = shapeOf(definition, version);
  const writer = {
    name: manager,
    apiVersion: apiVersionOf(definition.group, version),
    subresource: part === 'status' ? 'status' : '',
    time: timestamp(clock.now()),
  };
  const changes = difference(managedPaths(shape, old), managedPaths(shape, object));
  if (changes.changed.size === 0 && changes.removed.size === 0) return;
  object.metadata.managedFields = writeManagers(trackUpdate(readManagers(object), writer, changes));
}

/** Deleted, and nothing holds it back any more: no finalizer, no grace period, no namespace content. */
export function isFinished(object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata;
  if (deletionTimestamp === undefined || finalizers.length > 0 || deletionGracePeriodSeconds > 0)
    return false;
  const spec = object.spec as { finalizers?: unknown[] } | undefined;
  return object.kind !== 'Namespace' || (spec?.finalizers ?? []).length === 0;
}
