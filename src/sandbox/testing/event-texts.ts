import { events } from '../../kube/resources.ts';
import type { MemoryCluster } from './memory-cluster.ts';

/** The events about an object of that name, as `TYPE REASON MESSAGE`. */
export function eventTexts(cluster: MemoryCluster, about: string): string[] {
  return cluster
    .list(events)
    .filter((event) => event.involvedObject.name === about)
    .map((event) => `${event.type} ${event.reason} ${event.message}`);
}
