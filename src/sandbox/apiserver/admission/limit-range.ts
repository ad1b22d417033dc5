import type { KubeObject, PersistentVolumeClaim } from '../../../kube/objects.ts';
import { forbidden } from '../http/status-error.ts';
import type { ClusterView } from '../kinds/kind-rules.ts';
import { nanoOf } from '../schema/quantity.ts';

interface LimitRange extends KubeObject {
  readonly spec?: {
    readonly limits?: readonly {
      readonly type: string;
      readonly min?: Readonly<Record<string, string>>;
      readonly max?: Readonly<Record<string, string>>;
    }[];
  };
}

const claims = { group: '', plural: 'persistentvolumeclaims', kind: 'PersistentVolumeClaim' };

/**
 * Admission plugin LimitRanger for claims: the smallest and largest size that a namespace allows. Limits of pods are not
 * enforced.
 * @throws StatusError Forbidden
 */
export function admitWithinLimits(claim: PersistentVolumeClaim, cluster: ClusterView): void {
  const request = claim.spec.resources?.requests?.storage;
  if (request === undefined) return;
  const refuse = (bound: string, limit: string) => {
    const why = `${bound} storage usage per PersistentVolumeClaim is ${limit}, but request is ${request}`;
    throw forbidden(claims, claim.metadata.name ?? '', why);
  };
  for (const { spec } of cluster.list<LimitRange>('/limitranges', claim.metadata.namespace)) {
    for (const { type, min, max } of spec?.limits ?? []) {
      if (type !== 'PersistentVolumeClaim') continue;
      if (min?.storage !== undefined && nanoOf(request) < nanoOf(min.storage)) refuse('minimum', min.storage);
      if (max?.storage !== undefined && nanoOf(request) > nanoOf(max.storage)) refuse('maximum', max.storage);
    }
  }
}
