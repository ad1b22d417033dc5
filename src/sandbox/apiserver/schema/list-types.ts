/** How a list merges: strategic merge patch finds items by one key, server-side apply by one or several. */
export interface ListType {
  /** `key` of `x-kubernetes-patch-merge-key`; undefined for a list of plain values, which is a set. */
  readonly patchKey: string | undefined;
  /** `x-kubernetes-list-map-keys`. */
  readonly mapKeys: readonly string[];
  /** Keys of an item that are absent from a patch's `$retainKeys` are dropped. */
  readonly retainKeys: boolean;
  /** Whether a strategic merge patch merges the list too, or replaces it. */
  readonly patchMerges: boolean;
}

function byKey(patchKey: string, ...more: readonly string[]): ListType {
  return { patchKey, mapKeys: [patchKey, ...more], retainKeys: false, patchMerges: true };
}

const set: ListType = { patchKey: undefined, mapKeys: [], retainKeys: false, patchMerges: true };
const setForApply: ListType = { ...set, patchMerges: false };
const byName = byKey('name');
const byType = byKey('type');
const byTypeForApply: ListType = { ...byType, patchMerges: false };
const byNameRetainingKeys: ListType = { ...byName, retainKeys: true };

const ofContainers = {
  env: byName,
  ports: byKey('containerPort', 'protocol'),
  volumeDevices: byKey('devicePath'),
  volumeMounts: byKey('mountPath'),
};

/** Lists that merge, by type and field. Every other list is replaced as a whole. */
const listTypes: Readonly<Record<string, Readonly<Record<string, ListType>>>> = {
  V1Container: ofContainers,
  V1EphemeralContainer: ofContainers,
  V1CSIDriverSpec: { volumeLifecycleModes: setForApply },
  V1CSINodeSpec: { drivers: byName },
  V1CustomResourceDefinitionStatus: { conditions: byTypeForApply },
  V1ContainerStatus: { volumeMounts: ofContainers.volumeMounts },
  V1DaemonSetStatus: { conditions: byType },
  V1DeploymentStatus: { conditions: byType },
  V1Endpoint: { addresses: setForApply },
  V1NamespaceStatus: { conditions: byType },
  V1NodeSpec: { podCIDRs: set },
  V1NodeStatus: { addresses: byType, conditions: byType },
  V1ObjectMeta: { finalizers: set, ownerReferences: byKey('uid') },
  V1PersistentVolumeClaimStatus: { conditions: byType },
  V1PodDisruptionBudgetStatus: { conditions: byType },
  V1PodSpec: {
    containers: byName,
    ephemeralContainers: byName,
    hostAliases: byKey('ip'),
    imagePullSecrets: byName,
    initContainers: byName,
    resourceClaims: byNameRetainingKeys,
    schedulingGates: byName,
    topologySpreadConstraints: byKey('topologyKey', 'whenUnsatisfiable'),
    volumes: byNameRetainingKeys,
  },
  V1PodStatus: { conditions: byType, hostIPs: byKey('ip'), podIPs: byKey('ip') },
  V1ReplicaSetStatus: { conditions: byType },
  V1ServiceAccount: { secrets: byName },
  V1ServiceSpec: { ports: byKey('port', 'protocol') },
  V1ServiceStatus: { conditions: byType },
  V1StatefulSetStatus: { conditions: byType },
};

/** Types that server-side apply owns as a whole. */
const atomicTypes = new Set([
  'CoreV1EndpointPort',
  'DiscoveryV1EndpointPort',
  'RbacV1Subject',
  'V1ConfigMapKeySelector',
  'V1EndpointAddress',
  'V1FileKeySelector',
  'V1LabelSelector',
  'V1LocalObjectReference',
  'V1NodeSelector',
  'V1NodeSelectorTerm',
  'V1ObjectFieldSelector',
  'V1ObjectReference',
  'V1OwnerReference',
  'V1ResourceFieldSelector',
  'V1RoleRef',
  'V1ScopeSelector',
  'V1SecretKeySelector',
  'V1SecretReference',
  'V1TopologySelectorTerm',
  'V1TypedLocalObjectReference',
]);

/** Fields whose patch strategy is `retainKeys` though they are no list: unions with a discriminator. */
const retainKeysFields = new Set(['V1DeploymentSpec.strategy']);

export function listTypeOf(owner: string, field: string): ListType | undefined {
  return listTypes[owner]?.[field];
}

export function isAtomicType(type: string): boolean {
  return atomicTypes.has(type);
}

export function retainsKeys(owner: string, field: string): boolean {
  return retainKeysFields.has(`${owner}.${field}`);
}
