import type { NodePorts } from '../../driver-module.ts';

type ReadText = NodePorts['readText'];

/** First Lustre client with the mount option `unique_fsid` (upstream's bound too). */
const firstWithUniqueFsid = [2, 15, 8] as const;

/** Version of the Lustre client in the running kernel, e.g. `2.15.8_39_g2d32b59`; undefined where none is loaded. */
export function loadedClientVersion(readText: ReadText): string | undefined {
  const text = readText('/sys/module/lustre/version')?.trim();
  return text === '' ? undefined : text;
}

/** Whether the kernel has LNet, without which `lnetctl ping` could tell nothing. */
export function isLnetLoaded(readText: ReadText): boolean {
  return readText('/sys/module/lnet/parameters/accept_port') !== undefined;
}

/** Pure. Whether a client of this version gives each mount an st_dev of its own when it is asked to. */
export function takesUniqueFsid(version: string | undefined): boolean {
  const numbers = version === undefined ? null : /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  if (numbers === null) return false;
  for (const [index, least] of firstWithUniqueFsid.entries()) {
    const part = Number(numbers[index + 1] ?? 0);
    if (part !== least) return part > least;
  }
  return true;
}
