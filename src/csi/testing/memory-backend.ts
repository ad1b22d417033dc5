import type { Clock } from '../../async/clock.ts';
import type { Call } from '../call.ts';
import type { BackendVolume, CreateRequest, VolumeBackend } from '../driver.ts';
import { CsiError } from '../errors.ts';

const ID_PREFIX = 'memory#';
const DEFAULT_BYTES = 2n ** 30n;

interface Stored {
  readonly name: string;
  capacityBytes: bigint;
  readonly color: string;
  readonly readyAt: number;
  state: 'accepted' | 'deleting' | 'failed';
}

/** The steps of a backend at which a test can make something go wrong. */
export type BackendStep =
  | 'find'
  | 'plan'
  | 'admit'
  | 'create'
  | 'complete'
  | 'discard'
  | 'get'
  | 'delete'
  | 'expand';

export interface MemoryBackendOptions {
  readonly clock: Clock;
  /** How long a creation takes; 0, the default, makes volumes ready at once. */
  readonly createMs?: number;
  readonly expandable?: boolean;
  /** Called before and after the effect of each step; what it throws is what the step throws. */
  readonly fault?: (step: BackendStep, when: 'before' | 'after') => void;
}

export interface MemoryBackend extends VolumeBackend<CreateRequest, CreateRequest> {
  /** By name: what the cloud has. */
  readonly volumes: Map<string, Stored>;
  /** How many creations were ever accepted. */
  accepted(): number;
}

/** A cloud in memory. One parameter, `color`; ids are `memory#<name>`. */
export function createMemoryBackend(options: MemoryBackendOptions): MemoryBackend {
  const { clock, createMs = 0 } = options;
  const volumes = new Map<string, Stored>();
  let accepted = 0;

  async function step<T>(name: BackendStep, call: Call, effect: () => T | Promise<T>): Promise<T> {
    call.signal.throwIfAborted();
    options.fault?.(name, 'before');
    const result = await effect();
    options.fault?.(name, 'after');
    return result;
  }

  const view = (stored: Stored): BackendVolume => ({
    id: `${ID_PREFIX}${stored.name}`,
    capacityBytes: stored.capacityBytes,
    context: { color: stored.color },
    state: stored.state !== 'accepted' ? stored.state : clock.now() < stored.readyAt ? 'creating' : 'ready',
    ...(stored.state === 'failed' ? { reason: 'the memory wore out' } : {}),
  });
  const byId = (id: string) =>
    id.startsWith(ID_PREFIX) ? volumes.get(id.slice(ID_PREFIX.length)) : undefined;

  const backend: MemoryBackend = {
    volumes,
    accepted: () => accepted,
    intent: (request) => {
      const unknown = Object.keys(request.parameters).find((key) => key !== 'color');
      if (unknown !== undefined) {
        throw new CsiError('invalid-argument', `parameter "${unknown}" is unknown; allowed is color`);
      }
      if (request.contentSource !== undefined) {
        throw new CsiError('invalid-argument', 'volumes cannot be made from a snapshot or another volume');
      }
      return request;
    },
    find: (intent, call) =>
      step('find', call, () => {
        const stored = volumes.get(intent.name);
        return stored && view(stored);
      }),
    plan: (intent, call) => step('plan', call, () => intent),
    admit: (_plan, call) => step('admit', call, () => {}),
    conflict: (plan, found) => {
      const { requiredBytes, limitBytes } = plan;
      if (found.capacityBytes < requiredBytes || (limitBytes > 0n && found.capacityBytes > limitBytes)) {
        return `volume ${plan.name} exists with ${found.capacityBytes} bytes`;
      }
      const color = plan.parameters.color ?? '';
      return found.context.color === color ? undefined : `volume ${plan.name} exists in another color`;
    },
    create: (plan, call) =>
      step('create', call, () => {
        if (volumes.has(plan.name)) throw new Error(`second creation of ${plan.name}`);
        accepted += 1;
        const stored: Stored = {
          name: plan.name,
          capacityBytes: plan.requiredBytes > 0n ? plan.requiredBytes : plan.limitBytes || DEFAULT_BYTES,
          color: plan.parameters.color ?? '',
          readyAt: clock.now() + createMs,
          state: 'accepted',
        };
        volumes.set(plan.name, stored);
        return view(stored);
      }),
    complete: (plan, _found, call) =>
      step('complete', call, async () => {
        const stored = volumes.get(plan.name);
        if (stored === undefined) throw new CsiError('not-found', `${plan.name} vanished`);
        const elapsedMs = () => clock.now() - (stored.readyAt - createMs);
        while (view(stored).state === 'creating') {
          call.progress({
            volume: plan.name,
            phase: 'creating',
            percent: Math.floor((100 * elapsedMs()) / createMs),
            elapsedMs: elapsedMs(),
            usualMs: createMs,
            message: 'filling the memory',
          });
          await clock.sleep(Math.min(10_000, stored.readyAt - clock.now()), call.signal);
        }
        return view(stored);
      }),
    discard: (plan, _found, call) => step('discard', call, () => void volumes.delete(plan.name)),
    get: (id, call) =>
      step('get', call, () => {
        const stored = byId(id);
        return stored && view(stored);
      }),
    delete: (id, _secrets, call) =>
      step('delete', call, () => {
        const stored = byId(id);
        if (stored !== undefined) volumes.delete(stored.name);
      }),
    lockKey: (volume) => ('name' in volume ? `${ID_PREFIX}${volume.name}` : volume.id),
    unsupported: ({ access }) => (access.type === 'block' ? 'block volumes are not supported' : undefined),
  };
  if (options.expandable !== true) return backend;
  return {
    ...backend,
    expand: (id, range, call) =>
      step('expand', call, () => {
        const stored = byId(id);
        if (stored === undefined) throw new CsiError('not-found', `volume ${id} does not exist`);
        if (range.requiredBytes > stored.capacityBytes) stored.capacityBytes = range.requiredBytes;
        return { capacityBytes: stored.capacityBytes, nodeExpansionRequired: false };
      }),
  };
}
