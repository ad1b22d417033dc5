// What the upstream driver does with a handle and a volume context, written down from its documentation and behaviour,
// on purpose without any of the code under test: the two have to agree.

export interface UpstreamVolume {
  readonly name: string;
  readonly mgsAddress: string;
  readonly subDir: string;
  readonly dynamic: boolean;
  readonly resourceGroup: string;
}

/** At least three fields; those that older releases did not write are empty. Undefined: upstream logs it and goes on. */
export function upstreamParse(handle: string): UpstreamVolume | undefined {
  const fields = handle.split('#');
  if (fields.length < 3) return undefined;
  const field = (index: number) => fields[index] ?? '';
  return {
    name: field(0),
    mgsAddress: field(2),
    subDir: withoutOuterSlashes(field(3)),
    dynamic: field(4) === 't',
    resourceGroup: field(5),
  };
}

/** What upstream's DeleteVolume would remove, `nothing`, or that it refuses. */
export function upstreamDeletes(handle: string): 'nothing' | 'refused' | { group: string; name: string } {
  const volume = upstreamParse(handle);
  if (volume === undefined || !volume.dynamic) return 'nothing';
  return volume.resourceGroup === '' ? 'refused' : { group: volume.resourceGroup, name: volume.name };
}

/** Source and options that upstream gives to mount; undefined where it refuses. */
export function upstreamMounts(
  context: Readonly<Record<string, string>>,
  flags: readonly string[],
  readonly: boolean,
): { source: string; options: string[] } | undefined {
  const lower = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  const mgsAddress = lower.get('mgs-ip-address');
  if (!mgsAddress) return undefined;
  const subDir = lower.has('sub-dir') ? withoutOuterSlashes(lower.get('sub-dir') ?? '') : undefined;
  if (subDir === '') return undefined;
  const options = readonly ? ['ro', ...flags.filter((flag) => flag !== 'ro')] : [...flags];
  return { source: `${mgsAddress}@tcp:/lustrefs${subDir === undefined ? '' : `/${subDir}`}`, options };
}

function withoutOuterSlashes(path: string): string {
  let [from, to] = [0, path.length];
  while (from < to && path[from] === '/') from++;
  while (to > from && path[to - 1] === '/') to--;
  return path.slice(from, to);
}
