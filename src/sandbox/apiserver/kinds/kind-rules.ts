import type { KubeObject } from '../../../kube/objects.ts';
import type { FieldError } from '../validation/field-error.ts';
import type { NameCheck } from '../validation/names.ts';

/** What rules may ask of the other objects. */
export interface ClusterView {
  get<T extends KubeObject>(storedAs: string, namespace: string, name: string): T | undefined;
  list<T extends KubeObject>(storedAs: string, namespace: string | undefined): T[];
  /** Now, as `metadata.creationTimestamp` writes it. */
  timestamp(): string;
}

/** What is particular to a kind when it is written. Every rule is optional; rules change the object in place. */
export interface KindRules<T extends KubeObject = KubeObject> {
  /** DNS subdomain where not given. */
  readonly checkName?: NameCheck;
  /** Fills absent fields; also on update, before the comparison with the stored object. */
  readonly setDefaults?: (object: T) => void;
  /** What Kubernetes' strategy and admission set on a new object. */
  readonly prepareCreate?: (object: T, cluster: ClusterView) => void;
  readonly prepareUpdate?: (object: T, old: T, cluster: ClusterView) => void;
  readonly validate?: (object: T) => FieldError[];
  readonly validateUpdate?: (object: T, old: T) => FieldError[];
  /** Refuses with a StatusError what is valid in itself but not in this cluster. */
  readonly admitCreate?: (object: T, cluster: ClusterView) => void;
  readonly admitUpdate?: (object: T, old: T, cluster: ClusterView) => void;
}

/** Sets a field that is absent. */
export function setDefault<T extends object, K extends keyof T>(object: T, field: K, value: T[K]): void {
  object[field] ??= value;
}

/** Adds a finalizer once. */
export function addFinalizer(object: KubeObject, finalizer: string): void {
  const finalizers = object.metadata.finalizers ?? [];
  if (!finalizers.includes(finalizer)) object.metadata.finalizers = [...finalizers, finalizer];
}

/** Deep equality of JSON values, whatever the order of keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(left).filter((key) => left[key] !== undefined);
  const count = Object.keys(right).filter((key) => right[key] !== undefined).length;
  return keys.length === count && keys.every((key) => sameJson(left[key], right[key]));
}
