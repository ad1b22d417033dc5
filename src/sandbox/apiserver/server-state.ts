import type { Clock } from '../../async/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import type { PodRuntime } from '../pod-runtime.ts';
import type { WatchHub } from './requests/watch-hub.ts';
import type { ResourceRegistry } from './resources/registry.ts';
import type { ObjectStore } from './store/object-store.ts';

/** What every request handler works with. */
export interface ServerState {
  readonly store: ObjectStore;
  readonly registry: ResourceRegistry;
  readonly watches: WatchHub;
  readonly clock: Clock;
  readonly log: Log;
  /** `gitVersion` of /version. */
  readonly version: string;
  readonly tokens: ReadonlyMap<string, string>;
  readonly runtime: () => PodRuntime | undefined;
}

/** RFC 3339 to the second, as object metadata has it. */
export function timestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
