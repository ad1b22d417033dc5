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
import { storageClassRules } from './storage-class.ts';
import { daemonSetRules, deploymentRules, replicaSetRules, statefulSetRules } from './workloads.ts';

/** By stored resource; kinds without a row are stored as they are. */
const rules: Readonly<Record<string, unknown>> = {
  '/configmaps': configMapRules,
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
  'rbac.authorization.k8s.io/clusterrolebindings': roleBindingRules,
  'rbac.authorization.k8s.io/clusterroles': roleRules,
  'rbac.authorization.k8s.io/rolebindings': roleBindingRules,
  'rbac.authorization.k8s.io/roles': roleRules,
  'storage.k8s.io/csidrivers': csiDriverRules,
  'storage.k8s.io/csinodes': csiNodeRules,
  'storage.k8s.io/storageclasses': storageClassRules,
};

const none: KindRules = {};

/** The cast is sound because objects of a resource were decoded as its type before any rule sees them. */
export function rulesOf(storedAs: string): KindRules {
  return (rules[storedAs] as KindRules | undefined) ?? none;
}
