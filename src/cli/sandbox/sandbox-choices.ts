import type { ClusterChoice } from './cluster/cluster-choice.ts';
import type { Isolation } from './isolation.ts';
import type { OptionalPart } from './optional-parts.ts';

/** What the flags of `berth sandbox start` say, checked. */
export interface SandboxChoices {
  readonly timeScale: number;
  readonly isolation: Isolation;
  readonly cluster: ClusterChoice;
  readonly without: readonly OptionalPart[];
  /** Of the kubelet stand-in's Node. */
  readonly nodeName: string;
  /** Where a cluster of the user's reaches the node; by default the address from which this machine reaches the cluster. */
  readonly nodeAddress: string | undefined;
  /** Of the controller plugin, besides those that the sandbox gives it. */
  readonly controllerArg: readonly string[];
}
