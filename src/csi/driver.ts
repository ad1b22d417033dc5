import type { Call } from './call.ts';
import type { Progress } from './progress.ts';

/** CSI 1.12 access modes, by their wire names. */
export type AccessMode =
  | 'SINGLE_NODE_WRITER'
  | 'SINGLE_NODE_READER_ONLY'
  | 'MULTI_NODE_READER_ONLY'
  | 'MULTI_NODE_SINGLE_WRITER'
  | 'MULTI_NODE_MULTI_WRITER'
  | 'SINGLE_NODE_SINGLE_WRITER'
  | 'SINGLE_NODE_MULTI_WRITER';

export interface VolumeCapability {
  readonly access:
    | { readonly type: 'block' }
    | { readonly type: 'mount'; readonly fsType: string; readonly mountFlags: readonly string[] };
  readonly mode: AccessMode;
}

export type Topology = Readonly<Record<string, string>>;

/** A CreateVolume request after the edge has checked its form. Bytes are 0n where the caller set no bound. */
export interface CreateRequest {
  readonly name: string;
  readonly requiredBytes: bigint;
  readonly limitBytes: bigint;
  readonly capabilities: readonly VolumeCapability[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly mutableParameters: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly contentSource:
    | { readonly type: 'snapshot'; readonly snapshotId: string }
    | { readonly type: 'volume'; readonly volumeId: string }
    | undefined;
  readonly accessibility:
    | { readonly requisite: readonly Topology[]; readonly preferred: readonly Topology[] }
    | undefined;
}

/** A volume as the backend finds it. What is not `ready` carries a sentence that says so to the user. */
export interface BackendVolume {
  readonly id: string;
  /** 0n: unknown, as for a volume that existed before. */
  readonly capacityBytes: bigint;
  readonly context: Readonly<Record<string, string>>;
  readonly state: 'ready' | 'creating' | 'deleting' | 'failed';
  /** Why it is not ready, in words for the user. */
  readonly reason?: string;
  /** Set by a `create` that met it instead of making it, so that it is compared with the plan as a found one is. */
  readonly existed?: boolean;
  readonly topology?: readonly Topology[];
  /** Absent where the cloud does not tell. */
  readonly condition?: VolumeCondition;
}

/** How a volume is; `abnormal` where its users suffer or soon will. */
export interface VolumeCondition {
  readonly abnormal: boolean;
  /** For a person: what is wrong and what to look at, or that all is well. */
  readonly message: string;
}

/** A condition together with what is being done to the volume while it is in use. */
export interface WatchedCondition extends VolumeCondition {
  readonly activity?: Pick<Progress, 'percent' | 'remainingMs' | 'elapsedMs' | 'message'>;
}

/** A volume that a cluster uses. */
export interface WatchedVolume {
  readonly id: string;
  readonly context: Readonly<Record<string, string>>;
  /** What the cluster takes its size to be; absent where it does not say. */
  readonly capacityBytes?: bigint;
}

/** What a GetCapacity request asks about: volumes of these parameters, made for nodes of this topology. */
export interface CapacityRequest {
  readonly parameters: Readonly<Record<string, string>>;
  readonly topology: Topology | undefined;
}

/** Room for new volumes, in bytes. */
export interface Capacity {
  readonly availableBytes: bigint;
  readonly largestVolumeBytes?: bigint;
  readonly smallestVolumeBytes?: bigint;
}

/** A volume that the cloud has, whether or not anybody claims it. */
export interface MadeVolume {
  /** The CSI volume name that it was made under. */
  readonly name: string;
  /** For a person: what it is, its name, place and size. */
  readonly description: string;
  /** For a person: how to be rid of it, or of being told about it. */
  readonly advice: string;
  /** Of CreateVolume's parameters those that the cloud remembers. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Whether an id, of any form the driver ever wrote, or a volume context leads to this volume's data. */
  isMeantBy(volumeId: string, volumeContext: Readonly<Record<string, string>>): boolean;
}

/**
 * The cloud side of a driver. It is naive: no idempotency, no locks, no gRPC; `idempotent-create.ts` and
 * `controller-service.ts` add those once for all drivers. All methods throw CsiError; anything else is INTERNAL.
 */
export interface VolumeBackend<
  Intent = unknown,
  Plan = unknown,
  Volume extends BackendVolume = BackendVolume,
> {
  /** Pure. What the request asks for, from its own words alone; throws a refusal that names field, value and what is allowed. */
  intent(request: CreateRequest): Intent;
  /** Asks the cloud, by name, whether the volume exists in any state. */
  find(intent: Intent, call: Call): Promise<Volume | undefined>;
  /** Adds what only the cloud knows (SKUs, quota) and checks it. Creates nothing. Throws refusals. */
  plan(intent: Intent, call: Call): Promise<Plan>;
  /** Pure. Why `found` is not what `plan` asks for (ALREADY_EXISTS), or undefined when it is. */
  conflict(plan: Plan, found: Volume): string | undefined;
  /** Checks that cost a call and matter only to a new volume (subnet room, quota); absent where there are none. */
  admit?(plan: Plan, call: Call): Promise<void>;
  /**
   * Starts the creation; returns once the cloud has accepted it, usually in state `creating`. A cloud that tells only
   * here that the volume is there already answers with that one, `existed`.
   */
  create(plan: Plan, call: Call): Promise<Volume>;
  /** Follows a running creation to `ready` or `failed`, reporting progress. Never starts a second one. */
  complete(plan: Plan, found: Volume, call: Call): Promise<Volume>;
  /**
   * Removes a `failed` volume that is provably ours, so that it can be made again. Throws `already-exists` when it is
   * not ours: the only final refusal at this point, because a volume of ours still exists.
   */
  discard(plan: Plan, found: Volume, call: Call): Promise<void>;
  /**
   * The volume behind an id, or undefined where there is none (an id of a foreign form included). `secrets` are the
   * caller's, where its call has any; a driver that can use none refuses them with `invalid-argument`.
   */
  get(id: string, call: Call, secrets?: Readonly<Record<string, string>>): Promise<Volume | undefined>;
  /** Deletes and waits. A volume that is gone, or an id of a foreign form, is success. Throws when ownership is not proven. */
  delete(id: string, secrets: Readonly<Record<string, string>>, call: Call): Promise<void>;
  /**
   * Pure. One key for a volume whether a create names it or another call gives its id, so that the two exclude each
   * other. Absent: the name and the id are the keys themselves.
   */
  lockKey?(volume: { readonly name: string } | { readonly id: string }): string;
  /**
   * The volumes of this driver's own making where classes with these parameters put theirs; those on their way out are
   * left out. For telling a person of volumes that nothing leads to any more: what is listed may as well be another
   * cluster's. Absent where the cloud cannot tell.
   */
  made?(classes: readonly Readonly<Record<string, string>>[], call: Call): Promise<readonly MadeVolume[]>;
  /**
   * The volumes that this driver made and that are ready, under the ids that their creates were answered with, with
   * their conditions. Absent where the cloud cannot tell.
   */
  list?(call: Call): Promise<readonly BackendVolume[]>;
  /** Room for volumes of a class. Absent where the cloud cannot tell. */
  capacity?(request: CapacityRequest, call: Call): Promise<Capacity>;
  /**
   * How some volumes are, hand-written ones too, in the order asked for; undefined where nothing is known. Asked every
   * few minutes for all volumes of a cluster, so it should cost one look at the cloud. Absent where the cloud cannot tell.
   */
  conditions?(
    volumes: readonly WatchedVolume[],
    call: Call,
  ): Promise<readonly (WatchedCondition | undefined)[]>;
  /**
   * The first of `others`, volumes of the same cluster, whose data would go with this volume's: a hand-written one leads
   * where its author wants. Asked before a deletion. Absent where no volume lies in another.
   */
  usedBy?(id: string, others: readonly WatchedVolume[], call: Call): Promise<WatchedVolume | undefined>;
  /** Why there are no snapshots, for a person; absent: no reason is known. */
  readonly noSnapshots?: string;
  /** Labels of nodes by which it is decided where a volume is made; absent: none. */
  readonly topologyKeys?: readonly string[];
  /** Pure. Why the capability cannot be had, or undefined when it can. */
  unsupported(capability: VolumeCapability): string | undefined;
  expand?(
    id: string,
    range: { readonly requiredBytes: bigint; readonly limitBytes: bigint },
    call: Call,
  ): Promise<{ readonly capacityBytes: bigint; readonly nodeExpansionRequired: boolean }>;
}

/** A NodePublishVolume request after the edge has checked its form. */
export interface PublishRequest {
  readonly volumeId: string;
  readonly targetPath: string;
  readonly stagingTargetPath: string;
  readonly capability: VolumeCapability;
  readonly readonly: boolean;
  readonly volumeContext: Readonly<Record<string, string>>;
  readonly publishContext: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** What to mount: the arguments of mount(8), as data. `options` keep their order. */
export interface MountPlan {
  readonly fsType: string;
  /** As /proc/self/mountinfo will show it. */
  readonly source: string;
  readonly options: readonly string[];
  readonly readonly: boolean;
  /** The source in /proc/self/mountinfo where the mount helper puts another there; absent: `source`. */
  readonly shownSource?: string;
  /** mount(8) makes the system call itself, so that the node needs no helper of this file system. */
  readonly withoutHelper?: boolean;
}

/** What `prepare` did and how to take it back when the mount itself fails. */
export interface PreparedMount {
  /** What only preparing could tell, such as a tunnel's port; put behind the plan's options. */
  readonly options?: readonly string[];
  /** Called instead of `undo` once the mount stands. */
  keep?(): void;
  undo(): Promise<void>;
}

/** A mount that stands at a target, as the kernel's table describes it. */
export interface MountedVolume {
  readonly fsType: string;
  readonly source: string;
  /** `major:minor`. */
  readonly device: string;
  /** Options of the file system itself: `vers=4.1`, `port=20049`, … */
  readonly superOptions: readonly string[];
}

/** The kernel side of a driver. The mounting itself is one shared executor, `mount/publish.ts`. */
export interface VolumeMounter<Plan extends MountPlan = MountPlan> {
  /** Pure. Throws refusals. */
  plan(request: PublishRequest): Plan;
  /** Reachability, sub-directory, secrets: all that must be true before the mount. Not called for a mount that already stands. */
  prepare?(plan: Plan, request: PublishRequest, call: Call): Promise<PreparedMount>;
  /**
   * Why a mount that looks as planned must not be used, in words for the user; undefined where it may. Asked after each
   * mount, which is then undone, and at a mount that stands already. Must not ask the file system.
   */
  objection?(plan: Plan, mounted: MountedVolume): Promise<string | undefined>;
  /** Turns the mount helper's failure into a sentence and a code; undefined leaves the general one. */
  explainFailure?(
    plan: Plan,
    failure: MountFailure,
  ):
    | {
        readonly code: 'internal' | 'failed-precondition' | 'unavailable' | 'invalid-argument' | 'not-found';
        readonly message: string;
      }
    | undefined;
}

export interface MountFailure {
  readonly exitCode: number | undefined;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** The fields of the cluster's CSIDriver object that follow from the driver. */
export interface CsiDriverSpec {
  readonly attachRequired: boolean;
  readonly podInfoOnMount: boolean;
  readonly fsGroupPolicy: 'None' | 'File' | 'ReadWriteOnceWithFSType';
  readonly volumeLifecycleModes: readonly ('Persistent' | 'Ephemeral')[];
}

/** A driver with its ports filled in. Either face may be absent: a controller process needs no mounter. */
export interface Driver {
  /** As in CSIDriver and StorageClass.provisioner, e.g. `azurelustre.csi.azure.com`. */
  readonly name: string;
  readonly version: string;
  readonly csiDriver: CsiDriverSpec;
  readonly controller?: VolumeBackend;
  readonly node?: VolumeMounter;
}
