/** Name of the file system inside every Azure Managed Lustre cluster. */
export const lustreFsName = 'lustrefs';

/** What a volume handle says. Older handles have fewer fields; those are empty or undefined here. */
export interface VolumeId {
  /** Name of the Azure resource for a dynamic volume, any unique name otherwise. */
  readonly name: string;
  readonly fsName: string;
  readonly mgsAddress: string;
  /** Relative, possibly with `${…}` tokens; empty for the root. */
  readonly subDir: string;
  /** undefined where the handle does not say (forms of three and four fields, or a marker other than `t` and `f`). */
  readonly dynamic: boolean | undefined;
  readonly resourceGroup: string;
}

const separator = '#';

/** `<name>#lustrefs#<mgsIP>#<subDir>#<t|f>#<resourceGroup>`, the upstream driver's form. */
export function formatVolumeId(id: VolumeId): string {
  const marker = id.dynamic === undefined ? '' : id.dynamic ? 't' : 'f';
  return [id.name, id.fsName, id.mgsAddress, id.subDir, marker, id.resourceGroup].join(separator);
}

/** Reads every form the upstream driver ever wrote (3 to 6 fields); undefined for anything else. */
export function parseVolumeId(text: string): VolumeId | undefined {
  const [name, fsName, mgsAddress, subDir = '', marker = '', resourceGroup = ''] = text.split(separator);
  if (name === undefined || fsName === undefined || mgsAddress === undefined) return undefined;
  return {
    name,
    fsName,
    mgsAddress,
    subDir: trimSlashes(subDir),
    dynamic: marker === 't' ? true : marker === 'f' ? false : undefined,
    resourceGroup,
  };
}

/** `/a/b/` and `a/b` are the same sub-directory. */
export function trimSlashes(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}
