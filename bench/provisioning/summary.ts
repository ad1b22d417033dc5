import { atLeast, atMost, type Budget } from '../budget.ts';
import { median } from '../median.ts';
import { alignColumns } from '../table.ts';
import type { Measured } from './round.ts';

/** One contestant over all its rounds, each figure the median of its own. */
export interface Summary {
  readonly claimsPerSecond: number;
  readonly slowestClaimsPerSecond: number;
  readonly fastestClaimsPerSecond: number;
  readonly halfBoundSeconds: number;
  readonly volumeWrites: number;
  readonly eventWrites: number;
  readonly allWrites: number;
  readonly binderWrites: number;
  readonly settled: boolean;
  readonly cpuMsPerVolume: number;
  readonly rssBeforeMiB: number;
  readonly rssAfterMiB: number;
  readonly anonymousBeforeMiB: number;
  readonly anonymousAfterMiB: number;
}

export function summarise(rounds: readonly Measured[]): Summary {
  const of = (figure: (round: Measured) => number) => median(rounds.map(figure));
  const rates = rounds.map(({ claimsPerSecond }) => claimsPerSecond);
  return {
    claimsPerSecond: median(rates),
    slowestClaimsPerSecond: Math.min(...rates),
    fastestClaimsPerSecond: Math.max(...rates),
    halfBoundSeconds: of((round) => round.halfBoundSeconds),
    volumeWrites: of(({ writesPerVolume }) => writesPerVolume.persistentvolumes ?? 0),
    eventWrites: of(({ writesPerVolume }) => writesPerVolume.events ?? 0),
    allWrites: of(({ writesPerVolume }) => Object.values(writesPerVolume).reduce((a, b) => a + b, 0)),
    binderWrites: of((round) => round.binderWritesPerVolume),
    settled: rounds.every(({ settled }) => settled),
    cpuMsPerVolume: of((round) => round.cpuMsPerVolume),
    rssBeforeMiB: of(({ before }) => before.rssMiB),
    rssAfterMiB: of(({ after }) => after.rssMiB),
    anonymousBeforeMiB: of(({ before }) => before.anonymousMiB),
    anonymousAfterMiB: of(({ after }) => after.anonymousMiB),
  };
}

/** What the project wants of its own loops; memory for up to 1,000 claims. */
export function budgets(ours: Summary, tuned: Summary, byDefault?: Summary): readonly Budget[] {
  return [
    atLeast('rate, of csi-provisioner’s tuned', ours.claimsPerSecond / tuned.claimsPerSecond, 0.9),
    ...(byDefault === undefined
      ? []
      : [atLeast('rate, of csi-provisioner’s default', ours.claimsPerSecond / byDefault.claimsPerSecond, 1)]),
    atMost('PersistentVolume writes per volume', ours.volumeWrites, 1),
    atMost('all writes per volume, of csi-provisioner’s tuned', ours.allWrites / tuned.allWrites, 1),
    atMost('memory before, MiB', ours.rssBeforeMiB, 70),
    atMost('memory after, MiB', ours.rssAfterMiB, 100),
    atMost('memory after, of csi-provisioner’s pod', ours.rssAfterMiB / tuned.rssAfterMiB, 1),
  ];
}

export function summaryTable(summaries: Readonly<Record<string, Summary>>): string {
  const header = [
    '',
    'claims/s',
    '(least–most)',
    'half Bound s',
    'PV writes',
    'event writes',
    'binder writes',
    'CPU ms/volume',
    'RSS MiB',
    'anonymous MiB',
  ];
  const rows = Object.entries(summaries).map(([name, one]) => [
    name,
    one.claimsPerSecond.toFixed(1),
    `${one.slowestClaimsPerSecond.toFixed(1)}–${one.fastestClaimsPerSecond.toFixed(1)}`,
    one.halfBoundSeconds.toFixed(2),
    one.volumeWrites.toFixed(2),
    `${one.settled ? '' : '>'}${one.eventWrites.toFixed(2)}`,
    one.binderWrites.toFixed(2),
    one.cpuMsPerVolume.toFixed(1),
    `${one.rssBeforeMiB.toFixed(0)} → ${one.rssAfterMiB.toFixed(0)}`,
    `${one.anonymousBeforeMiB.toFixed(0)} → ${one.anonymousAfterMiB.toFixed(0)}`,
  ]);
  return alignColumns([header, ...rows]);
}
