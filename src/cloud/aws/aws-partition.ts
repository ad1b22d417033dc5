/** Regions whose hosts are not below amazonaws.com, by the beginning of their name. Source: efs-utils' table of suffixes. */
const otherSuffixes: readonly (readonly [prefix: string, suffix: string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['eusc-', 'amazonaws.eu'],
  ['eu-isoe-', 'cloud.adc-e.uk'],
  ['us-iso-', 'c2s.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['us-isof-', 'csp.hci.ic.gov'],
];

/** The domain that a region's services and mount targets are in, e.g. `amazonaws.com`. */
export function dnsSuffix(region: string): string {
  return otherSuffixes.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'amazonaws.com';
}
