import type { CreateRequest, Topology } from '../../csi/driver.ts';

/** Labels by which a node says in which zone it is: the one in use, and its predecessor. */
export const zoneLabels = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'] as const;

/**
 * The availability zones that a request's topology names, the preferred ones first, each once. AKS calls a zone
 * `<region>-<number>`, Azure `<number>`; a node in no zone has the number 0 and says nothing.
 */
export function nodeZones(accessibility: CreateRequest['accessibility']): readonly string[] {
  const topologies = [...(accessibility?.preferred ?? []), ...(accessibility?.requisite ?? [])];
  return [...new Set(topologies.flatMap((topology) => zoneOf(topology) ?? []))];
}

/** The zone of one topology, or undefined where it names none. */
export function zoneOf(topology: Topology): string | undefined {
  const label = zoneLabels.map((key) => topology[key]).find((value) => value !== undefined);
  const zone = /(?:^|-)(\d{1,3})$/.exec(label ?? '')?.[1];
  return zone === undefined || Number(zone) === 0 ? undefined : zone;
}
