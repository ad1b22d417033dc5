import type { ResourceDefinition } from '../resources/resource-definition.ts';
import * as cluster from './cluster-tables.ts';
import type { Column } from './column.ts';
import { customColumns } from './custom-columns.ts';
import { podColumns } from './pod-table.ts';
import * as storage from './storage-tables.ts';
import * as workloads from './workload-tables.ts';

/** By stored resource; others show name and creation time. */
const columns: Readonly<Record<string, unknown>> = {
  '/configmaps': cluster.configMapColumns,
  '/endpoints': cluster.endpointsColumns,
  '/events': cluster.eventColumns,
  '/namespaces': cluster.namespaceColumns,
  '/nodes': cluster.nodeColumns,
  '/persistentvolumeclaims': storage.claimColumns,
  '/persistentvolumes': storage.volumeColumns,
  '/pods': podColumns,
  '/resourcequotas': cluster.resourceQuotaColumns,
  '/secrets': cluster.secretColumns,
  '/serviceaccounts': cluster.serviceAccountColumns,
  '/services': cluster.serviceColumns,
  'apps/controllerrevisions': workloads.controllerRevisionColumns,
  'apps/daemonsets': workloads.daemonSetColumns,
  'apps/deployments': workloads.deploymentColumns,
  'apps/replicasets': workloads.replicaSetColumns,
  'apps/statefulsets': workloads.statefulSetColumns,
  'coordination.k8s.io/leases': cluster.leaseColumns,
  'discovery.k8s.io/endpointslices': cluster.endpointSliceColumns,
  'policy/poddisruptionbudgets': cluster.disruptionBudgetColumns,
  'rbac.authorization.k8s.io/clusterrolebindings': cluster.roleBindingColumns,
  'rbac.authorization.k8s.io/rolebindings': cluster.roleBindingColumns,
  'scheduling.k8s.io/priorityclasses': cluster.priorityClassColumns,
  'storage.k8s.io/csidrivers': storage.csiDriverColumns,
  'storage.k8s.io/csinodes': storage.csiNodeColumns,
  'storage.k8s.io/storageclasses': storage.storageClassColumns,
  'storage.k8s.io/volumeattachments': storage.volumeAttachmentColumns,
  'storage.k8s.io/volumeattributesclasses': storage.attributesClassColumns,
};

/** The cast is sound because a resource's objects have its shape. */
export function columnsOf(definition: ResourceDefinition, version: string): readonly Column[] {
  const custom = definition.custom?.get(version);
  if (custom !== undefined) return customColumns(custom.columns);
  return (columns[definition.storedAs] as readonly Column[] | undefined) ?? cluster.nameAndCreationColumns;
}
