import { mergePatch } from '../../../kube/merge-patch.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { parseBody, parsePatch } from '../http/parse-body.ts';
import { badRequest, invalid, methodNotAllowed, StatusError } from '../http/status-error.ts';
import { jsonPatch } from '../patch/json-patch.ts';
import type { CustomVersion } from '../resources/resource-definition.ts';
import { decodeObject } from '../schema/codec.ts';
import { formatLabelSelector, type LabelSelector } from '../selectors/label-selector.ts';
import type { ServerState } from '../server-state.ts';
import { parseEntry } from '../store/object-store.ts';
import { at } from '../tables/column.ts';
import { invalidValue } from '../validation/field-error.ts';
import { updateObject } from '../writing/update-object.ts';
import type { Answer, TargetedRequest } from './api-request.ts';
import { findEntry } from './write.ts';
import { writeOptions } from './write-options.ts';

interface Scale extends KubeObject {
  spec?: { replicas?: number };
}

type Paths = NonNullable<CustomVersion['scale']>;

const builtinPaths: Paths = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };
const scaleKind = { group: 'autoscaling', kind: 'Scale', type: 'V1Scale', custom: undefined, storedAs: '' };

/** GET, PUT and PATCH of the number of replicas alone. */
export function scale(state: ServerState, request: TargetedRequest): Answer {
  const { definition, version } = request.target;
  const entry = findEntry(state, request);
  const object = parseEntry(entry);
  const paths = definition.custom === undefined ? builtinPaths : definition.custom.get(version)?.scale;
  if (paths === undefined) throw methodNotAllowed();
  if (request.method === 'GET' && at(object, paths.specReplicasPath.replace(/^\./, '')) === undefined) {
    const message = `the spec replicas field ${JSON.stringify(paths.specReplicasPath)} does not exist`;
    throw new StatusError('InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
  }
  const current = scaleOf(object, paths);
  if (request.method === 'GET') return { code: 200, json: JSON.stringify(current) };
  const options = writeOptions(request);
  const wanted = readScale(request, current);
  const replicas = wanted.spec?.replicas ?? 0;
  if (replicas < 0) {
    throw invalid({ group: 'autoscaling', plural: 'scales', kind: 'Scale' }, entry.name, [
      invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ]);
  }
  setPath(object, paths.specReplicasPath, replicas);
  object.metadata.resourceVersion = wanted.metadata.resourceVersion ?? '';
  if (object.metadata.resourceVersion === '') object.metadata.resourceVersion = String(entry.revision);
  const written = updateObject(state, request.target, entry, object, {
    dryRun: options.dryRun,
    part: 'object',
    manager: options.fieldManager,
  });
  return { code: 200, json: JSON.stringify(scaleOf(JSON.parse(written.json) as KubeObject, paths)) };
}

function readScale(request: TargetedRequest, current: Scale): Scale {
  if (request.method === 'PUT') return decodeObject(scaleKind, 'v1', parseBody(request)).object as Scale;
  if (request.method !== 'PATCH') throw methodNotAllowed();
  const { type, patch } = parsePatch(request);
  if (type === 'apply') throw badRequest('server-side apply of a scale is not served: patch or replace it');
  const patched = type === 'json' ? jsonPatch(current, patch) : mergePatch(current, patch);
  return decodeObject(scaleKind, 'v1', patched).object as Scale;
}

function scaleOf(object: KubeObject, paths: Paths): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const read = (path: string) => at(object, path.replace(/^\./, ''));
  const selector =
    paths === builtinPaths
      ? formatLabelSelector(at(object, 'spec.selector') as LabelSelector | undefined)
      : String((paths.labelSelectorPath && read(paths.labelSelectorPath)) ?? '');
  const metadata = { name, namespace, uid, resourceVersion, creationTimestamp } as KubeObject['metadata'];
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata,
    spec: { replicas: Number(read(paths.specReplicasPath) ?? 0) },
    status: { replicas: Number(read(paths.statusReplicasPath) ?? 0), ...(selector !== '' && { selector }) },
  };
}

function setPath(object: KubeObject, path: string, value: number): void {
  const parts = path.replace(/^\./, '').split('.');
  let fields: Record<string, unknown> = object;
  for (const part of parts.slice(0, -1)) {
    fields[part] ??= {};
    fields = fields[part] as Record<string, unknown>;
  }
  fields[parts.at(-1) ?? ''] = value;
}
