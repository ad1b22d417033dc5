import type { SupportedFields } from '../selectors/field-selector.ts';

const involvedObject = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

/** What field selectors may name beside metadata.name and metadata.namespace, by stored resource. */
const extra: Readonly<Record<string, readonly string[]>> = {
  '/pods': [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  '/events': [
    ...involvedObject.map((field) => `involvedObject.${field}`),
    'reason',
    'reportingComponent',
    'type',
  ],
  '/namespaces': ['status.phase'],
  '/nodes': ['spec.unschedulable'],
  '/secrets': ['type'],
  '/services': ['spec.clusterIP', 'spec.type'],
  'apps/replicasets': ['status.replicas'],
};

/** Looked up by value instead of scanned: what controllers and `kubectl describe` ask for all the time. */
const indexed: Readonly<Record<string, readonly string[]>> = {
  '/pods': ['spec.nodeName'],
  '/events': ['involvedObject.name', 'involvedObject.uid'],
};

export function selectableFields(storedAs: string): readonly string[] {
  return ['metadata.name', 'metadata.namespace', ...(extra[storedAs] ?? [])];
}

/** Kinds with fields of their own refuse others in other words than those without. */
export function supportedFields(storedAs: string, custom: readonly string[]): SupportedFields {
  const fields = [...selectableFields(storedAs), ...custom];
  const ownWords = extra[storedAs] !== undefined || custom.length > 0;
  return {
    fields,
    refusal: (field) =>
      ownWords
        ? `field label not supported: ${field}`
        : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
  };
}

export function indexedFields(storedAs: string): readonly string[] {
  return indexed[storedAs] ?? [];
}

/** events.k8s.io calls the involved object `regarding`. */
export function storedFieldName(group: string, field: string): string {
  if (group !== 'events.k8s.io') return field;
  return field
    .replace(/^regarding\./, 'involvedObject.')
    .replace(/^reportingController$/, 'reportingComponent');
}
