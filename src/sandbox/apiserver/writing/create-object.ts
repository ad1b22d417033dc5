import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../../../kube/objects.ts';
import { admitToNamespace } from '../admission/namespace-lifecycle.ts';
import { admitToQuota } from '../admission/resource-quota.ts';
import { alreadyExists, badRequest, invalid, StatusError } from '../http/status-error.ts';
import { sameJson } from '../kinds/kind-rules.ts';
import { rulesOf } from '../kinds/rules-by-resource.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { addAlwaysPresent, storedType } from '../schema/always-present.ts';
import { setCustomDefaults, validateCustom } from '../schema/custom-schema.ts';
import { type ServerState, timestamp } from '../server-state.ts';
import type { Entry } from '../store/object-store.ts';
import { dnsSubdomain, pathSegment } from '../validation/names.ts';
import { validateObjectMeta } from '../validation/object-meta.ts';
import { clusterView } from './cluster-view.ts';
import { generateName } from './generate-name.ts';

export interface WriteTarget {
  readonly definition: ResourceDefinition;
  readonly version: string;
  /** '' for a cluster-wide resource. */
  readonly namespace: string;
}

/** Either what was stored or, in a dry run, what would have been. */
export type Written = Pick<Entry, 'json'>;

/** Stores a new object. Runs without pause from the first check to the commit. */
export function createObject(
  state: ServerState,
  { definition, version, namespace }: WriteTarget,
  object: KubeObject,
  dryRun: boolean,
): Written {
  const rules = rulesOf(definition.storedAs);
  const cluster = clusterView(state);
  const schema = definition.custom?.get(version)?.schema;
  setSystemFields(state, definition, namespace, object);
  setCustomDefaults(schema, object);
  // A kubelet registers its node with the status it has; elsewhere controllers say what is the case.
  if (definition.subresources.includes('status') && definition.storedAs !== '/nodes') delete object.status;
  rules.setDefaults?.(object);
  if (definition.namespaced) admitToNamespace(state.store, definition, namespace, object.metadata.name ?? '');
  rules.prepareCreate?.(object, cluster);
  rules.setDefaults?.(object);
  const checkName = rules.checkName ?? (definition.storedAs === '/events' ? pathSegment : dnsSubdomain);
  const errors = [
    ...validateObjectMeta(object.metadata, checkName),
    ...(rules.validate?.(object) ?? []),
    ...validateCustom(schema, object),
  ];
  if (errors.length > 0) throw invalid(definition, object.metadata.name ?? '', errors);
  rules.admitCreate?.(object, cluster);
  if (definition.namespaced) admitToQuota(state.store, definition, object, undefined);
  const name = object.metadata.name ?? '';
  if (state.store.get(definition.storedAs, namespace, name) !== undefined)
    throw alreadyExists(definition, name);
  const ordered = inOrder(object);
  if (definition.type !== undefined) addAlwaysPresent(storedType(definition), ordered);
  return dryRun ? { json: JSON.stringify(ordered) } : state.store.put(definition.storedAs, ordered);
}

function setSystemFields(
  state: ServerState,
  definition: ResourceDefinition,
  namespace: string,
  { metadata }: KubeObject,
): void {
  if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== '') {
    throw new StatusError('Unknown', 'resourceVersion should not be set on objects to be created');
  }
  if ((metadata.namespace ?? namespace) !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if ((metadata.name ?? '') === '' && (metadata.generateName ?? '') !== '') {
    metadata.name = generateName(metadata.generateName ?? '');
  }
  if (definition.namespaced) metadata.namespace = namespace;
  else delete metadata.namespace;
  metadata.uid = randomUUID();
  metadata.creationTimestamp = timestamp(state.clock.now());
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.resourceVersion;
  delete (metadata as { selfLink?: string }).selfLink;
  const owners = eachOnce(metadata.ownerReferences);
  if (owners !== undefined) metadata.ownerReferences = owners;
  if (definition.generation !== 'none') metadata.generation = 1;
}

/** The same owner twice is one owner. */
export function eachOnce<T>(owners: readonly T[] | undefined): T[] | undefined {
  return owners?.filter((owner, index) => owners.findIndex((one) => sameJson(one, owner)) === index);
}

/** apiVersion and kind first, as people expect to read them. */
export function inOrder(object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata, ...rest } = object;
  return {
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(kind === undefined ? {} : { kind }),
    metadata,
    ...rest,
  };
}
