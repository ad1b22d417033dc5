import type { KubeClient } from '../../src/kube/client.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import type { Resource } from '../../src/kube/resources.ts';

export const controllerUser = { name: 'berth-controller', groups: ['system:authenticated'] };

const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1', namespaced: false } as const;
const clusterRoles: Resource = { ...rbac, plural: 'clusterroles', kind: 'ClusterRole' };
const clusterRoleBindings: Resource = {
  ...rbac,
  plural: 'clusterrolebindings',
  kind: 'ClusterRoleBinding',
};

/** All that the provisioner and the resizer ask of the API server; a Secret only where a class names one. */
export const controllerRules = [
  {
    apiGroups: [''],
    resources: ['persistentvolumes'],
    verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
  },
  { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['list', 'watch'] },
  { apiGroups: [''], resources: ['persistentvolumeclaims/status'], verbs: ['patch'] },
  { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['list', 'watch'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] },
] as const;

/** Granted for API servers without watch-list streams, and for drivers that can grow a volume. */
export const unusedRights: readonly string[] = [
  'list persistentvolumes',
  'list persistentvolumeclaims',
  'patch persistentvolumeclaims/status',
  'list storageclasses',
];

export async function grantControllerRole(client: KubeClient): Promise<void> {
  const { name } = controllerUser;
  const roleRef = { apiGroup: rbac.group, kind: 'ClusterRole', name };
  const subjects = [{ apiGroup: rbac.group, kind: 'User', name }];
  await client.create<KubeObject>(clusterRoles, { metadata: { name }, rules: controllerRules });
  await client.create<KubeObject>(clusterRoleBindings, { metadata: { name }, roleRef, subjects });
}
