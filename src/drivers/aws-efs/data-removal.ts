import { posix } from 'node:path';
import type { AccessPoint } from '../../cloud/aws/efs-client.ts';
import type { RemoveUnrecorded } from '../../directories/directories-port.ts';
import { isReuseToken } from './directory-name.ts';
import { isBelow } from './paths.ts';
import { clusterTag } from './shared-gids.ts';

type RemovalOrder = Omit<RemoveUnrecorded, 'mount'>;

export type DataRemoval =
  | { readonly order: RemovalOrder; readonly refusal?: undefined }
  | { readonly order?: undefined; readonly refusal: string };

/** What external-provisioner and this program call volumes, unless they are told another prefix. */
const volumeName = /^pvc-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Why an access point cannot be taken for a volume's, or undefined where its tag or its token proves it. The token is the
 * volume's name, which nobody but a CSI driver gives.
 */
export function whyNotOurs({ tags, clientToken }: AccessPoint): string | undefined {
  if (tags[clusterTag] === 'true' || volumeName.test(clientToken) || isReuseToken(clientToken))
    return undefined;
  return `it has no tag ${clusterTag}=true, and its client token '${clientToken}' is not a volume's name`;
}

/**
 * Pure. Whether the root directory of a volume's access point may be removed, given those of all others on the file
 * system, and what to ask of `berth directories`.
 *
 * The base path needs no record: a driver makes the path of every access point strictly below its class' base path, and
 * an access point never changes. So what is proven to be a driver's lies below it, and its parent is where it may be
 * renamed to.
 */
export function planDataRemoval(accessPoint: AccessPoint, others: readonly string[]): DataRemoval {
  const { path } = accessPoint.rootDirectory;
  const clean = posix.normalize(`/${path}/`).replace(/(?<=.)\/$/, '');
  if (clean === '/') return { refusal: 'it is the root of the file system' };
  if (clean !== path) return { refusal: `its path is not clean, it would be ${clean}` };
  const foreign = whyNotOurs(accessPoint);
  if (foreign !== undefined) return { refusal: foreign };
  const inTheWay = others.find((other) => other === path || isBelow(other, path) || isBelow(path, other));
  if (inTheWay !== undefined)
    return { refusal: `another access point uses ${inTheWay === path ? 'it' : inTheWay} too` };
  return {
    order: {
      base: posix.dirname(path).slice(1),
      path: path.slice(1),
      inUse: others.map((other) => other.slice(1)),
      volume: accessPoint.id,
    },
  };
}
