import { isIP } from 'node:net';
import { splitOptions } from '../../../mount/split-options.ts';
import type { Refusal } from '../../refusal.ts';

/** Mount options, taken apart. What is for mount.efs or for this driver is not among `nfs`. */
export interface EfsMountOptions {
  /** For the NFS client, in their order and as they were written, each once. */
  readonly nfs: readonly string[];
  readonly accessPointId: string | undefined;
  readonly tls: boolean;
  readonly iam: boolean;
  readonly readonly: boolean;
  readonly region: string | undefined;
  readonly zone: string | undefined;
  readonly address: string | undefined;
  /** Options of mount.efs that only mount.efs can follow. */
  readonly helperOnly: readonly string[];
}

/** Of mount.efs, about its own processes: without meaning for the tunnel, harmless. */
const meaningless = new Set(['stunnel', 'noocsp', 'notls', 'nodirects3read', 'nos3readcache']);

/** Of mount.efs, and beyond what the tunnel does. */
const helpersOwn = new Set([
  'awsprofile',
  'azid',
  'cafile',
  'capath',
  'jwtpath',
  'netns',
  'ocsp',
  'rolearn',
  'tlsport',
  'verify',
]);

/** Names compare without regard to case, values keep theirs (upstream makes all of it lower case). */
export function readMountOptions(flags: readonly string[], refusals: Refusal[]): EfsMountOptions {
  const given = new Map<string, string>();
  const nfs = new Set<string>();
  const helperOnly: string[] = [];
  for (const flag of splitOptions(flags)) {
    const [name = '', value = ''] = flag.split(/=(.*)/s);
    const key = name.trim().toLowerCase();
    if (known.has(key)) given.set(key, value);
    else if (helpersOwn.has(key)) helperOnly.push(flag);
    // Credentials by a URI of the pod that mounts; upstream leaves them out with a warning.
    else if (!meaningless.has(key) && !key.startsWith('awscredsuri') && key !== '') nfs.add(flag.trim());
  }
  check(given, refusals);
  const text = (key: string) => given.get(key) || undefined;
  const readonly = given.has('ro') || given.has('readonly');
  return {
    nfs: [...nfs],
    accessPointId: text('accesspoint'),
    tls: given.has('tls'),
    iam: given.has('iam'),
    readonly,
    region: text('region'),
    zone: text('az'),
    address: text('mounttargetip'),
    helperOnly,
  };
}

const known = new Set([
  'accesspoint',
  'tls',
  'iam',
  'ro',
  'readonly',
  'region',
  'az',
  'mounttargetip',
  'crossaccount',
  'port',
]);

function check(given: ReadonlyMap<string, string>, refusals: Refusal[]): void {
  const refuse = (message: string, fix: string) =>
    refusals.push({ code: 'invalid-argument', field: 'mountOptions', message, fix });
  if (given.has('crossaccount'))
    refuse(
      "mount option 'crossaccount' cannot be set manually",
      'set "crossaccount" in the Secret that the StorageClass names, or in volumeAttributes',
    );
  if (given.has('port'))
    refuse('The "port" and "tls" options are mutually exclusive', 'leave port out: EFS answers on 2049 only');
  // Both become part of a host name.
  for (const key of ['region', 'az']) {
    const value = given.get(key);
    if (value !== undefined && !/^[a-z0-9-]+$/.test(value))
      refuse(
        `mount option "${key}=${value}" is no name of a ${key === 'az' ? 'zone' : 'region'}`,
        'e.g. eu-central-1',
      );
  }
  const address = given.get('mounttargetip');
  if (address !== undefined && isIP(address) === 0)
    refuse(`mount option "mounttargetip=${address}" is not a valid IP address`, 'an IPv4 or IPv6 address');
}
