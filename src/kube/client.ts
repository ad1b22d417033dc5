import type { KubeObject } from './objects.ts';
import type { Resource } from './resources.ts';

/** Names one object. `namespace` is required exactly where the resource is namespaced. */
export interface ObjectName {
  readonly namespace?: string;
  readonly name: string;
}

export interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly signal?: AbortSignal;
}

export interface ObjectList<T> {
  readonly items: T[];
  readonly resourceVersion: string;
  readonly continue: string | undefined;
}

export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEventsEnd: boolean };

export interface WatchOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion?: string;
  /** Asks for the watch-list stream (`sendInitialEvents`); refused by some servers with 422 or a 500 ERROR event. */
  readonly sendInitialEvents?: boolean;
  readonly timeoutSeconds?: number;
  readonly signal: AbortSignal;
}

export type Patch =
  | { readonly type: 'merge' | 'strategic'; readonly body: object }
  | { readonly type: 'json'; readonly body: readonly object[] }
  | {
      readonly type: 'apply';
      readonly body: object;
      readonly fieldManager: string;
      readonly force?: boolean;
    };

export interface WriteOptions {
  /** `binding` is created (a pod's node), `finalize` replaced (a namespace's last finalizer). */
  readonly subresource?: 'status' | 'scale' | 'finalize' | 'binding';
  readonly signal?: AbortSignal;
}

/** One API server. Every method throws KubeError for a `Status` answer and KubeConnectionError where none came. */
export interface KubeClient {
  get<T extends KubeObject>(resource: Resource<T>, name: ObjectName, signal?: AbortSignal): Promise<T>;
  list<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<ObjectList<T>>;
  create<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions): Promise<T>;
  /** Replaces; a `resourceVersion` in the object makes it fail with `Conflict` when it is not the newest. */
  replace<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions): Promise<T>;
  patch<T extends KubeObject>(
    resource: Resource<T>,
    name: ObjectName,
    patch: Patch,
    options?: WriteOptions,
  ): Promise<T>;
  delete<T extends KubeObject>(
    resource: Resource<T>,
    name: ObjectName,
    options?: {
      readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
      readonly gracePeriodSeconds?: number;
      readonly signal?: AbortSignal;
    },
  ): Promise<void>;
  watch<T extends KubeObject>(resource: Resource<T>, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  /** A plain GET of a path that is no object, such as `/version`. */
  getPath(path: string, signal?: AbortSignal): Promise<unknown>;
}

/** A `Status` answer of the API server. `reason` is Kubernetes' word: NotFound, Conflict, AlreadyExists, Expired, … */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly status: number;
  readonly reason: string;
  readonly details: unknown;
  constructor(status: number, reason: string, message: string, details?: unknown) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.details = details;
  }
}

/** No answer: refused, reset, timed out, or not TLS. The cause is kept. */
export class KubeConnectionError extends Error {
  override readonly name = 'KubeConnectionError';
}
