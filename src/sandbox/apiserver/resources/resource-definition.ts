/** One served resource: what a request path, discovery, tables and the write path have to know of it. */
export interface ResourceDefinition {
  /** '' is the core group. */
  readonly group: string;
  /** The version served first is the one discovery prefers; built-in resources have exactly one. */
  readonly versions: readonly string[];
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly subresources: readonly Subresource[];
  /** Name in the table of built-in types; undefined for a custom resource. */
  readonly type: string | undefined;
  /** Which part of the object's change counts up `metadata.generation`. */
  readonly generation: 'spec' | 'all-but-status' | 'none';
  /** Whether PUT without a resourceVersion overwrites. */
  readonly unconditionalUpdate: boolean;
  /** Where the objects lie: another resource's for a second view of the same objects (events.k8s.io). */
  readonly storedAs: string;
  /** Objects vanish this long after their last write. */
  readonly timeToLiveMs: number | undefined;
  /** JSON schema, columns and subresources of a custom resource, by version. */
  readonly custom: ReadonlyMap<string, CustomVersion> | undefined;
}

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

export type Subresource = 'status' | 'scale' | 'log' | 'exec' | 'binding' | 'finalize';

export interface CustomVersion {
  readonly schema: JsonSchema | undefined;
  readonly columns: readonly CustomColumn[];
  readonly selectableFields: readonly string[];
  readonly scale:
    | {
        readonly specReplicasPath: string;
        readonly statusReplicasPath: string;
        readonly labelSelectorPath?: string;
      }
    | undefined;
}

export interface CustomColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
  readonly jsonPath: string;
}

/** The structural subset of OpenAPI v3 that a CustomResourceDefinition may use. */
export interface JsonSchema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly nullable?: boolean;
  readonly default?: unknown;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}

/** `persistentvolumeclaims`, `deployments.apps`: how messages and CRD names write a resource. */
export function qualifiedResource(definition: Pick<ResourceDefinition, 'group' | 'plural'>): string {
  return definition.group === '' ? definition.plural : `${definition.plural}.${definition.group}`;
}

/** `Pod`, `StorageClass.storage.k8s.io`: how messages write a kind. */
export function qualifiedKind(definition: Pick<ResourceDefinition, 'group' | 'kind'>): string {
  return definition.group === '' ? definition.kind : `${definition.kind}.${definition.group}`;
}

export function apiVersionOf(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}
