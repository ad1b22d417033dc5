import type { Log } from '../telemetry/log.ts';
import type { ControllerDefinition, IdentityDefinition, MessageFns, NodeDefinition } from './gen/csi.ts';

/** What a caller of a CSI service says beside the message. */
export interface CallOptions {
  /** Aborted when the caller no longer wants the answer. What the cloud has begun goes on. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch by which the caller wants an answer; undefined: it waits to the end. */
  readonly deadline: number | undefined;
  /** The caller's own timer aborts `signal` then, so that none is needed here. */
  readonly signalEndsAtDeadline?: boolean;
  /** Replaces the service's own log, for callers that bind more to each line. */
  readonly log?: Log;
}

/** One RPC as a function. It rejects with a CsiError and nothing else. */
export type Rpc<Request, Response> = (request: Request, options: CallOptions) => Promise<Response>;

/** A service of the protocol as an object of functions, derived from its generated definition. */
export type RpcsOf<Definition extends { readonly methods: object }> = {
  readonly [Name in keyof Definition['methods']]: Definition['methods'][Name] extends {
    readonly requestType: MessageFns<infer Request>;
    readonly responseType: MessageFns<infer Response>;
  }
    ? Rpc<Request, Response>
    : never;
};

/** The named RPCs are always there; the service's others may be, and answer UNIMPLEMENTED on the socket when not. */
type Serving<Definition extends { readonly methods: object }, Name extends keyof RpcsOf<Definition>> = Pick<
  RpcsOf<Definition>,
  Name
> &
  Partial<RpcsOf<Definition>>;

/**
 * The services of one plugin, as the socket and the in-process provisioner call them. Both get the same validation,
 * locks, idempotency and codes, so that what is proven over the socket holds for both.
 */
export type IdentityService = RpcsOf<IdentityDefinition>;

/** `controllerExpandVolume` rejects with `unimplemented` where the driver cannot expand; its capability is then absent. */
export type ControllerService = Serving<
  ControllerDefinition,
  | 'createVolume'
  | 'deleteVolume'
  | 'validateVolumeCapabilities'
  | 'controllerGetCapabilities'
  | 'controllerExpandVolume'
>;

export type NodeService = Serving<
  NodeDefinition,
  'nodePublishVolume' | 'nodeUnpublishVolume' | 'nodeGetVolumeStats' | 'nodeGetCapabilities' | 'nodeGetInfo'
>;
