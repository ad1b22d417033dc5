import { type LargeCluster, largeClusters } from '../sku-limits.ts';

/** What a class says that is needed again after the create, when nobody shows the class any more. */
export interface ClassSettings {
  /** As in the class; empty for the root. */
  readonly subDir: string;
  /** In the form that `parseRoundingLimit` reads. */
  readonly maxRounding: string | undefined;
  readonly largeCluster: LargeCluster;
  /** Whether an expansion spreads the data over what it has added. */
  readonly rebalance: boolean;
}

/** Azure's limit for the value of a tag. */
const longestTag = 256;

/**
 * The settings as the value of a tag, only what differs from the default, so that most file systems need none. A
 * `sub-dir` too long for a tag is left out, which costs its place in the ids that ListVolumes gives.
 */
export function formatSettings(settings: ClassSettings): string | undefined {
  const said = new URLSearchParams();
  if (settings.maxRounding !== undefined) said.set('max-rounding', settings.maxRounding);
  if (settings.largeCluster !== 'false') said.set('large-cluster', settings.largeCluster);
  if (!settings.rebalance) said.set('run-rebalance-job', 'false');
  if (settings.subDir !== '') said.set('sub-dir', settings.subDir);
  if (said.toString().length > longestTag) said.delete('sub-dir');
  return said.toString() || undefined;
}

/** What the tag says; whatever a person has made of it that cannot be read counts as not said. */
export function parseSettings(text = ''): ClassSettings {
  const said = new URLSearchParams(text);
  const largeCluster = said.get('large-cluster') ?? 'false';
  return {
    subDir: said.get('sub-dir') ?? '',
    maxRounding: said.get('max-rounding') ?? undefined,
    largeCluster: largeClusters.find((each) => each === largeCluster) ?? 'false',
    rebalance: said.get('run-rebalance-job') !== 'false',
  };
}
