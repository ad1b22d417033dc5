import type { Figure } from '../figure.ts';
import { median } from '../median.ts';

/** One contestant in one round, from the first claim posted to the last Bound. */
export interface ClaimRow {
  readonly name: string;
  readonly existing: number;
  readonly load: number;
  /** The claims, and one before them that shows that all is ready. */
  readonly volumes: number;
  readonly claimsPerSecond: number;
  readonly callsPerVolume: number;
  readonly differentGids: number;
  readonly cpuMsPerVolume: number;
  readonly rssMiB: number;
}

/** The first row's contestant is ours, any other the baseline. */
export function claimFigures(rows: readonly ClaimRow[]): readonly Figure[] {
  const [first] = rows;
  if (first === undefined) return [];
  const ours = rows.filter(({ name }) => name === first.name);
  const others = rows.filter(({ name }) => name !== first.name);
  const of = (figure: (row: ClaimRow) => number) => ({
    value: median(ours.map(figure)),
    ...(others[0] && { beside: { what: others[0].name, value: median(others.map(figure)) } }),
  });
  const claims = `${first.volumes} claims end to end, ${first.existing} access points there`;
  return [
    { what: `${claims}: rate`, unit: 'claims/s', ...of(({ claimsPerSecond }) => claimsPerSecond) },
    {
      what: `${claims}: calls of EFS per volume`,
      unit: 'calls',
      ...of(({ callsPerVolume }) => callsPerVolume),
      budget: { of: 'value', atMost: 1.05 },
    },
    {
      what: `${claims}: different GIDs`,
      unit: '%',
      ...of(({ differentGids, volumes }) => (100 * differentGids) / volumes),
      budget: { of: 'value', atLeast: 100 },
    },
    {
      what: `${claims}: processor time per volume`,
      unit: 'ms',
      ...of(({ cpuMsPerVolume }) => cpuMsPerVolume),
    },
    { what: `${claims}: memory of the pod`, unit: 'MiB RSS', ...of(({ rssMiB }) => rssMiB) },
  ];
}
