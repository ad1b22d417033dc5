import type { KubeObject } from '../../../kube/objects.ts';
import type { FieldPath } from '../apply/field-paths.ts';
import { type Manager, managedPaths, writeManagers } from '../apply/managed-fields.ts';
import { type ApplyConflict, planApply } from '../apply/plan-apply.ts';
import { type Shape, shapeOf } from '../apply/shape.ts';
import { badRequest, StatusError } from '../http/status-error.ts';
import { apiVersionOf, type ResourceDefinition } from '../resources/resource-definition.ts';
import { decodeObject } from '../schema/codec.ts';
import { type ServerState, timestamp } from '../server-state.ts';
import { parseEntry } from '../store/object-store.ts';
import { createObject } from '../writing/create-object.ts';
import { updateObject } from '../writing/update-object.ts';
import type { Answer, TargetedRequest } from './api-request.ts';
import { objectAnswer } from './encode-answer.ts';
import { partOf } from './write.ts';
import { type WriteRequestOptions, writeOptions } from './write-options.ts';

/** PATCH with `application/apply-patch+yaml`: creates the object or brings it to what the manager applies. */
export function applyObject(state: ServerState, request: TargetedRequest, body: unknown): Answer {
  const { definition, version, namespace = '', name = '' } = request.target;
  const options = writeOptions(request, true);
  const applied = readApplied(request, body);
  const shape = shapeOf(definition, version);
  const applier: Omit<Manager, 'operation' | 'paths'> = {
    name: options.fieldManager,
    apiVersion: apiVersionOf(definition.group, version),
    subresource: request.target.subresource ?? '',
    time: timestamp(state.clock.now()),
  };
  const entry = state.store.get(definition.storedAs, namespace, name);
  if (entry === undefined) {
    const paths = new Set(managedPaths(shape, applied).keys());
    applied.metadata.managedFields = writeManagers([{ ...applier, operation: 'Apply', paths }]);
    const written = createObject(state, { definition, version, namespace }, applied, options.dryRun);
    return objectAnswer(state, request, written, 201);
  }
  const live = parseEntry(entry);
  const object = planned(shape, live, applied, applier, options);
  const written = updateObject(state, request.target, entry, object, {
    dryRun: options.dryRun,
    part: partOf(request),
    manager: undefined,
  });
  return objectAnswer(state, request, written);
}

function readApplied(request: TargetedRequest, body: unknown): KubeObject {
  const { definition, version, name = '' } = request.target;
  checkType(definition, version, body);
  const { object, unknownFields } = decodeObject(definition, version, body);
  if (unknownFields.length > 0) {
    const list = unknownFields.map((field) => `.${field}: field not declared in schema`);
    const given = object.metadata.namespace ?? '';
    const subject = `${given}/${name}; ${definition.group}/${version}, Kind=${definition.kind}`;
    const message = `failed to create typed patch object (${subject}): ${list.join(', ')}`;
    throw new StatusError('Unknown', message);
  }
  if (object.metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
  if ((object.metadata.name ?? name) !== name) {
    throw badRequest(
      `the name of the object (${object.metadata.name}) does not match the name on the URL (${name})`,
    );
  }
  object.metadata.name = name;
  // What the endpoint does not write, its caller does not own.
  const part = partOf(request);
  if (part === 'object' && definition.subresources.includes('status')) delete object.status;
  if (part === 'status') {
    for (const field of Object.keys(object)) {
      if (!['apiVersion', 'kind', 'metadata', 'status'].includes(field)) delete object[field];
    }
  }
  return object;
}

/** What is applied says itself what it is. */
function checkType({ group, kind }: ResourceDefinition, version: string, body: unknown): void {
  if (typeof body !== 'object' || Array.isArray(body)) {
    throw badRequest(
      `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${Array.isArray(body) ? 'array' : typeof body} into Go value of type map[string]interface {}`,
    );
  }
  const { apiVersion = '', kind: given = '' } = (body ?? {}) as { apiVersion?: unknown; kind?: unknown };
  if (apiVersion === apiVersionOf(group, version) && given === kind) return;
  const [, inGroup = '', inVersion = ''] = /^(?:(.*)\/)?([^/]*)$/.exec(String(apiVersion)) ?? [];
  throw badRequest(`invalid object type: ${inGroup}/${inVersion}, Kind=${String(given)}`);
}

function planned(
  shape: Shape,
  live: KubeObject,
  applied: KubeObject,
  applier: Omit<Manager, 'operation' | 'paths'>,
  options: WriteRequestOptions,
): KubeObject {
  let plan = planApply(shape, live, applied, applier, options.force);
  if (plan.conflicts.length > 0 && !options.force) {
    const migrated = lastAppliedPaths(shape, live, applier.name);
    const real = plan.conflicts.filter(({ path }) => !migrated.has(path));
    if (real.length > 0) throw conflictError(real);
    plan = planApply(shape, live, applied, applier, true);
  }
  return {
    ...plan.object,
    metadata: { ...plan.object.metadata, managedFields: writeManagers(plan.managers) },
  };
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * What `kubectl apply` without --server-side last set and nobody changed since is kubectl's to change: its first
 * server-side apply finds no conflict with its former self.
 */
function lastAppliedPaths(shape: Shape, live: KubeObject, manager: string): ReadonlySet<FieldPath> {
  const text = live.metadata.annotations?.[lastApplied];
  if (manager !== 'kubectl' || text === undefined) return new Set();
  const before = managedPaths(shape, JSON.parse(text) as KubeObject);
  const now = managedPaths(shape, live);
  const annotation = managedPaths(shape, { metadata: { annotations: { [lastApplied]: text } } });
  return new Set([
    ...[...before].filter(([path, value]) => now.get(path) === value).map(([path]) => path),
    ...annotation.keys(),
  ]);
}

function conflictError(conflicts: readonly ApplyConflict[]): StatusError {
  const causes = conflicts.map(({ manager, field }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${managerText(manager)}`,
    field,
  }));
  return new StatusError('Conflict', conflictMessage(conflicts), { causes });
}

function conflictMessage(conflicts: readonly ApplyConflict[]): string {
  const [only] = conflicts;
  if (only !== undefined && conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${managerText(only.manager)}: ${only.field}`;
  }
  const byManager = Map.groupBy(conflicts, ({ manager }) => managerText(manager));
  const parts = [...byManager].map(
    ([manager, list]) => `conflicts with ${manager}:\n${list.map(({ field }) => `- ${field}`).join('\n')}`,
  );
  return `Apply failed with ${conflicts.length} conflicts: ${parts.join('\n')}`;
}

function managerText({ name, operation, subresource, apiVersion, time }: Manager): string {
  if (operation === 'Apply') return JSON.stringify(name);
  const through = subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`;
  return `${JSON.stringify(name)}${through} using ${apiVersion}${time === '' ? '' : ` at ${time}`}`;
}
