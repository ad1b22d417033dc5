import type { Clock } from '../async/clock.ts';
import type { AwsRole } from '../cloud/aws/aws-role.ts';
import type { EfsClient } from '../cloud/aws/efs-client.ts';
import type { NodeAws } from '../cloud/aws/open-node-aws.ts';
import type { AmlFilesystems } from '../cloud/azure/aml-filesystem.ts';
import type { AzureCloudConfig } from '../cloud/azure/cloud-config.ts';
import type {
  CreateRequest,
  CsiDriverSpec,
  MountPlan,
  PublishRequest,
  VolumeBackend,
  VolumeMounter,
} from '../csi/driver.ts';
import type { DirectoriesPort } from '../directories/directories-port.ts';
import type { RunCommand } from '../mount/command.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** What a driver's controller side may ask for. A port is opened only by the driver that needs it. */
export interface ControllerPorts {
  readonly clock: Clock;
  readonly log: Log;
  azure(): Promise<AzurePorts>;
  aws(): Promise<AwsPorts>;
  /** Directory work that needs mounts; undefined where no `berth directories` runs beside the controller. */
  readonly directories?: DirectoriesPort | undefined;
  /** Absent where no cluster is known. */
  readonly cluster?: ClusterValues | undefined;
  /** Since when this process alone is asked for volumes; absent where that is known to another, the standard provisioner. */
  readonly tenure?: (() => Tenure | undefined) | undefined;
  /** Ends what a driver does on its own account. Absent: it does nothing on its own account. */
  readonly stopped?: AbortSignal | undefined;
  /** Absent where nothing is measured. */
  readonly metrics?: Metrics | undefined;
  /** What the command line says about Amazon EFS. */
  readonly efs?: EfsSettings | undefined;
}

/** What a driver may read of a cluster, one value at a time. Undefined where there is none; throws CsiError. */
export interface ClusterValues {
  read(kind: 'ConfigMap' | 'Secret', at: ClusterValue, signal: AbortSignal): Promise<string | undefined>;
}

export interface ClusterValue {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}

export interface Tenure {
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Another process held the lease before and did not give it back: requests of its may still take effect. */
  readonly afterAnother: boolean;
}

export interface EfsSettings {
  /** For every access point that is made. */
  readonly tags: Readonly<Record<string, string>>;
  /** Whether the data of a volume goes with it; upstream's default is that it stays. */
  readonly deleteRootDirectories: boolean;
}

export interface AzurePorts {
  readonly config: AzureCloudConfig;
  readonly filesystems: AmlFilesystems;
}

/** AWS in one region. Opening it asks for nothing but the region, where the environment does not name it. */
export interface AwsPorts {
  readonly region: string;
  /** EFS with the driver's own identity, or in the account of a role; the same client for the same role, renewed in time. */
  efs(role?: AwsRole): EfsClient;
}

/** What a driver's node side may ask for. */
export interface NodePorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly run: RunCommand;
  /** Connects and closes; rejects with the socket's error, or the signal's reason. */
  readonly dial: (host: string, port: number, signal: AbortSignal) => Promise<void>;
  /** TCP port of the Lustre MGS; LNet's `accept_port`, 988 unless the module was loaded with another. */
  readonly lnetPort: number;
  /** Scratch directory for temporary mounts. */
  readonly workDir: string;
  /** Text of a small local file (/sys, /proc, /etc), or undefined where it cannot be read. Never for a path in a volume. */
  readonly readText: (path: string) => string | undefined;
  readonly efs: EfsNodePorts;
}

/** What EFS has on a node. Nothing of AWS is loaded before it is asked for. */
export interface EfsNodePorts {
  readonly mounter: 'tunnel' | 'efs-utils';
  /** On the host, so that mounts outlive the plugin's container. */
  readonly stateDir: string;
  /** PEM file with the authorities that sign mount targets' certificates; absent: Amazon's. */
  readonly caFile?: string | undefined;
  /** TCP port of mount targets; 2049 outside of tests. */
  readonly nfsPort: number;
  /** All addresses of a name, as this node resolves it. */
  readonly lookup: (name: string) => Promise<readonly string[]>;
  readonly aws: () => Promise<NodeAws>;
}

/**
 * A driver as the program knows it before any port is open; `drivers/catalog.ts` lists them. Each face is loaded when it
 * is opened, and left out of the bundles of the roles that never do.
 */
export interface DriverModule {
  readonly name: string;
  readonly csiDriver: CsiDriverSpec;
  openController(ports: ControllerPorts): Promise<VolumeBackend>;
  openNode(ports: NodePorts): Promise<VolumeMounter>;
  openExplain(): Promise<ExplainFace>;
}

/** What `berth explain` asks of a driver: the driver's own plans in words, from built-in facts or, with `live`, the cloud's. */
export interface ExplainFace {
  volume(request: CreateRequest, options: ExplainOptions): Promise<Explanation>;
  /** Findings about a hand-written PersistentVolume's handle and attributes, and what the node would mount. */
  mount(request: PublishRequest): Explanation & { readonly plan: MountPlan | undefined };
}

export interface ExplainOptions {
  readonly config: AzureCloudConfig;
  /** Present only with `--check`. */
  readonly live: AzurePorts | undefined;
  /** Opens AWS; present only with `--check`. */
  readonly aws?: (() => Promise<AwsPorts>) | undefined;
  readonly signal: AbortSignal;
}

export interface Explanation {
  /** What would be created or used, in the order to show it; values in words ("48 TiB (asked for 1 GiB, step 16 TiB)"). */
  readonly properties: readonly { readonly name: string; readonly value: string }[];
  readonly findings: readonly Finding[];
  /** What a pod would mount; the source may hold a `<placeholder>` for what is known only later. */
  readonly mounts?: { readonly source: string; readonly options: readonly string[] };
  /** What becomes of the data once the claim is gone, by reclaim policy, in words. */
  readonly reclaim?: { readonly delete: string; readonly retain: string };
}

export interface Finding {
  readonly severity: 'error' | 'warning' | 'note';
  /** The field in the manifest, e.g. `parameters.sku-name`. */
  readonly field: string;
  readonly message: string;
  /** What to do about it, as an instruction. */
  readonly fix: string | undefined;
}
