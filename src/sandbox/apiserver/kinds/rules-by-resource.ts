import { csiDriverRules, csiNodeRules } from './csi.ts';
import { customResourceDefinitionRules } from './custom-resource-definition.ts';
import { eventRules } from './event.ts';
import type { KindRules } from './kind-rules.ts';
import { namespaceRules } from './namespace.ts';
import { persistentVolumeRules } from './persistent-volume.ts';
import { persistentVolumeClaimRules } from './persistent-volume-claim.ts';
import { podRules } from './pod.ts';
import { roleBindingRules, roleRules } from './rbac.ts';
import { resourceQuotaRules } from './resource-quota.ts';
import { configMapRules, secretRules } from './secret.ts';
import { serviceRules } from './service.ts';
import {
  disruptionBudgetRules,
  endpointSliceRules,
  endpointsRules,
  leaseRules,
  priorityClassRules,
} from './small-kinds.ts';
import { storageClassRules } from './storage-class.ts';
import { csiStorageCapacityRules, volumeAttributesClassRules } from './storage-other.ts';
import { volumeAttachmentRules } from './volume-attachment.ts';
import { daemonSetRules, deploymentRules, replicaSetRules, statefulSetRules } from './workloads.ts';

/** By stored resource; kinds without a row are stored as they are. */
const rules: Readonly<Record<string, unknown>> = {
  '/configmaps': configMapRules,
  '/endpoints': endpointsRules,
  '/events': eventRules,
  '/namespaces': namespaceRules,
  '/persistentvolumeclaims': persistentVolumeClaimRules,
  '/persistentvolumes': persistentVolumeRules,
  '/pods': podRules,
  '/resourcequotas': resourceQuotaRules,
  '/secrets': secretRules,
  '/services': serviceRules,
  'apiextensions.k8s.io/customresourcedefinitions': customResourceDefinitionRules,
  'apps/daemonsets': daemonSetRules,
  'apps/deployments': deploymentRules,
  'apps/replicasets': replicaSetRules,
  'apps/statefulsets': statefulSetRules,
  'coordination.k8s.io/leases': leaseRules,
  'discovery.k8s.io/endpointslices': endpointSliceRules,
  'policy/poddisruptionbudgets': disruptionBudgetRules,
  'rbac.authorization.k8s.io/clusterrolebindings': roleBindingRules,
  'rbac.authorization.k8s.io/clusterroles': roleRules,
  'rbac.authorization.k8s.io/rolebindings': roleBindingRules,
  'rbac.authorization.k8s.io/roles': roleRules,
  'scheduling.k8s.io/priorityclasses': priorityClassRules,
  'storage.k8s.io/csidrivers': csiDriverRules,
  'storage.k8s.io/csinodes': csiNodeRules,
  'storage.k8s.io/csistoragecapacities': csiStorageCapacityRules,
  'storage.k8s.io/storageclasses': storageClassRules,
  'storage.k8s.io/volumeattachments': volumeAttachmentRules,
  'storage.k8s.io/volumeattributesclasses': volumeAttributesClassRules,
};

const none: KindRules = {};

/** The cast is sound because objects of a resource were decoded as its type before any rule sees them. */
export function rulesOf(storedAs: string): KindRules {
  return (rules[storedAs] as KindRules | undefined) ?? none;
}
