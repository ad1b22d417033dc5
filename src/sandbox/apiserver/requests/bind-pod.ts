import type { KubeObject, Pod } from '../../../kube/objects.ts';
import { parseBody } from '../http/parse-body.ts';
import { conflict, StatusError } from '../http/status-error.ts';
import { decodeBody } from '../schema/codec.ts';
import { type ServerState, timestamp } from '../server-state.ts';
import { parseEntry } from '../store/object-store.ts';
import { updateObject } from '../writing/update-object.ts';
import type { Answer, TargetedRequest } from './api-request.ts';
import { findEntry } from './write.ts';
import { writeOptions } from './write-options.ts';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime: string;
}

const binding = { group: '', plural: 'pods/binding', kind: 'Binding' };

/** What a scheduler posts: the node of a pod that has none yet. */
export function bindPod(state: ServerState, request: TargetedRequest): Answer {
  const options = writeOptions(request);
  const target = decodeBody('V1Binding', parseBody(request)).target as { name?: string } | undefined;
  const node = target?.name ?? '';
  if (node === '') throw new StatusError('Unknown', 'target.name: Required value');
  const entry = findEntry(state, request);
  const pod = parseEntry<Pod>(entry);
  if ((pod.spec.nodeName ?? '') !== '') {
    throw conflict(
      binding,
      entry.name,
      `pod ${entry.name} is already assigned to node "${pod.spec.nodeName}"`,
    );
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    throw conflict(binding, entry.name, `pod ${entry.name} is being deleted, cannot be assigned to a host`);
  }
  const others = ((pod.status?.conditions ?? []) as Condition[]).filter(
    ({ type }) => type !== 'PodScheduled',
  );
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    lastTransitionTime: timestamp(state.clock.now()),
  };
  const bound: KubeObject = {
    ...pod,
    spec: { ...pod.spec, nodeName: node },
    status: { ...pod.status, conditions: [...others, scheduled] },
  };
  updateObject(state, request.target, entry, bound, {
    dryRun: options.dryRun,
    part: 'binding',
    manager: options.fieldManager,
  });
  return {
    code: 201,
    json: JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }),
  };
}
