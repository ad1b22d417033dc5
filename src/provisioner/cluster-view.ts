import type { Clock } from '../async/clock.ts';
import type { KubeClient } from '../kube/client.ts';
import { type Informer, startInformer } from '../kube/informer.ts';
import type {
  KubeObject,
  ObjectMeta,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
} from '../kube/objects.ts';
import {
  persistentVolumeClaims,
  persistentVolumes,
  type Resource,
  storageClasses,
} from '../kube/resources.ts';
import type { Log } from '../telemetry/log.ts';

export interface ClusterViewOptions {
  readonly client: KubeClient;
  readonly driverName: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Hears of each object that is added, changed or deleted. */
export interface ViewListener {
  claim?(claim: PersistentVolumeClaim): void;
  volume?(volume: PersistentVolume): void;
  storageClass?(storageClass: StorageClass): void;
}

/** What the provisioner sees of the cluster: all claims, volumes and classes, reduced to what decisions need. */
export interface ClusterView {
  readonly claims: Informer<PersistentVolumeClaim>;
  readonly volumes: Informer<PersistentVolume>;
  readonly classes: Informer<StorageClass>;
  /** Resolves when all three have been read. */
  readonly synced: Promise<unknown>;
  /** Tells the listener of everything there is now and of every change, until the signal aborts. */
  follow(listener: ViewListener, signal: AbortSignal): void;
  readonly done: Promise<unknown>;
}

export function startClusterView(options: ClusterViewOptions): ClusterView {
  const listeners = new Set<ViewListener>();
  const follow = <T extends KubeObject>(
    resource: Resource<T>,
    project: (object: T) => T,
    tell: (listener: ViewListener, object: T) => void,
  ): Informer<T> => {
    const tellAll = (object: T) => {
      for (const listener of listeners) tell(listener, object);
    };
    return startInformer({
      ...options,
      resource,
      project,
      handlers: { add: tellAll, update: tellAll, delete: tellAll },
    });
  };

  const claims = follow(persistentVolumeClaims, trimmed, (listener, claim) => listener.claim?.(claim));
  const volumes = follow(persistentVolumes, ownVolume(options.driverName), (listener, volume) =>
    listener.volume?.(volume),
  );
  const classes = follow(storageClasses, trimmed, (listener, item) => listener.storageClass?.(item));

  return {
    claims,
    volumes,
    classes,
    synced: Promise.all([claims.synced, volumes.synced, classes.synced]),
    follow(listener, signal) {
      listeners.add(listener);
      signal.addEventListener('abort', () => listeners.delete(listener), { once: true });
      for (const volume of volumes.values()) listener.volume?.(volume);
      for (const claim of claims.values()) listener.claim?.(claim);
    },
    done: Promise.all([claims.done, volumes.done, classes.done]),
  };
}

/** Another driver's volume only has to be known by name. */
function ownVolume(driverName: string): (volume: PersistentVolume) => PersistentVolume {
  return (volume) =>
    volume.spec.csi?.driver === driverName ? trimmed(volume) : { metadata: named(volume), spec: {} };
}

function named({ metadata }: KubeObject): ObjectMeta {
  const { name, uid } = metadata;
  return { ...(name !== undefined && { name }), ...(uid !== undefined && { uid }) };
}

/** Without what is large and never asked for. */
function trimmed<T extends KubeObject>(object: T): T {
  const { managedFields, labels, ownerReferences, annotations, ...metadata } = object.metadata;
  const { 'kubectl.kubernetes.io/last-applied-configuration': applied, ...kept } = annotations ?? {};
  return { ...object, metadata: { ...metadata, annotations: kept } };
}

/** A claim as a queue's key: another claim of the same name is another key. */
export function claimKey({ metadata }: PersistentVolumeClaim): string {
  return `${metadata.namespace}/${metadata.name}/${metadata.uid}`;
}

/** The claim of a key as it is now, or undefined when it is gone. */
export function findClaim(view: ClusterView, key: string): PersistentVolumeClaim | undefined {
  const [namespace = '', name = '', uid] = key.split('/');
  const claim = view.claims.get({ namespace, name });
  return claim?.metadata.uid === uid ? claim : undefined;
}

/** The class that a claim names, in either way. */
export function className(claim: PersistentVolumeClaim): string {
  return (
    claim.spec.storageClassName ??
    claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ??
    ''
  );
}
