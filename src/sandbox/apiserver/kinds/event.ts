import type { KubeEvent, KubeObject } from '../../../kube/objects.ts';
import { invalidValue } from '../validation/field-error.ts';
import { type KindRules, setDefault } from './kind-rules.ts';

export const eventRules: KindRules<KubeEvent> = {
  setDefaults(event) {
    event.involvedObject ??= {};
    setDefault(event, 'reportingComponent', '');
    setDefault(event, 'reportingInstance', '');
  },
  validate(event) {
    const namespace = event.involvedObject.namespace ?? 'default';
    return namespace === event.metadata.namespace
      ? []
      : [
          invalidValue(
            'involvedObject.namespace',
            event.involvedObject.namespace ?? '',
            'does not match event.namespace',
          ),
        ];
  },
};

/** core/v1 name → events.k8s.io/v1 name of the same field. */
const names = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['reportingComponent', 'reportingController'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
] as const;

function rename(
  event: KubeObject,
  pairs: readonly (readonly [string, string])[],
  apiVersion: string,
): KubeObject {
  const map = new Map(pairs);
  const fields = Object.entries(event).map(([field, value]) => [map.get(field) ?? field, value]);
  return { ...(Object.fromEntries(fields) as KubeObject), apiVersion };
}

/** The stored event as events.k8s.io/v1 shows it. */
export function eventToEventsV1(event: KubeObject): KubeObject {
  const shown = rename(event, names, 'events.k8s.io/v1');
  for (const field of ['reportingController', 'reportingInstance']) {
    if (shown[field] === '') delete shown[field];
  }
  return shown;
}

export function eventFromEventsV1(event: KubeObject): KubeObject {
  return rename(
    event,
    names.map(([core, events]) => [events, core] as const),
    'v1',
  );
}
