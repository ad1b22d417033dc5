import type { Explanation } from '../drivers/driver-module.ts';

type Properties = Explanation['properties'];

/** What becomes of the data, in one property. */
export function describeReclaim(policy: string, { reclaim }: Explanation): Properties {
  if (reclaim === undefined) return [{ name: 'reclaim', value: policy }];
  return [{ name: 'reclaim', value: `${policy}: ${policy === 'Delete' ? reclaim.delete : reclaim.retain}` }];
}

/** Source and options of the mount, in one property where they are known. */
export function describeMounts({ mounts }: Explanation): Properties {
  return mounts === undefined ? [] : [{ name: 'mounts', value: describeMount(mounts) }];
}

export function describeMount(mounts: NonNullable<Explanation['mounts']>): string {
  return mounts.options.length === 0 ? mounts.source : `${mounts.source} (${mounts.options.join(',')})`;
}
