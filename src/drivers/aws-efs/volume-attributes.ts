import { isIP } from 'node:net';
import type { Refusal } from '../refusal.ts';
import { parseBool } from './parse-bool.ts';

/** What a PersistentVolume's `volumeAttributes` say about its mount. */
export interface VolumeAttributes {
  readonly encryptInTransit: boolean;
  readonly mountTargetIp: string | undefined;
  /** Addresses by zone name. */
  readonly mountTargetIpMap: Readonly<Record<string, string>> | undefined;
  /** The mount target is found by the DNS name of its zone's id. */
  readonly crossAccount: boolean;
}

/** Of the provisioner and of kubelet. */
const ignoredKeys = /^(storage\.kubernetes\.io\/csiprovisioneridentity$|csi\.storage\.k8s\.io\/)/;

/** Upstream's keys, compared without case, with its texts. */
export function readAttributes(
  context: Readonly<Record<string, string>>,
  refusals: Refusal[],
): VolumeAttributes {
  const attributes = {
    encryptInTransit: true,
    mountTargetIp: undefined as string | undefined,
    mountTargetIpMap: undefined as Readonly<Record<string, string>> | undefined,
    crossAccount: false,
  };
  for (const [key, value] of Object.entries(context)) {
    const refuse = (message: string, fix: string) =>
      refusals.push({ code: 'invalid-argument', field: `volumeAttributes.${key}`, message, fix });
    const boolean = () => {
      const parsed = parseBool(value);
      if (parsed === undefined)
        refuse(
          `Volume context property "${key}" must be a boolean value: ${value}`,
          '"true" or "false", quoted',
        );
      return parsed;
    };
    const lower = key.toLowerCase();
    if (lower === 'encryptintransit') attributes.encryptInTransit = boolean() ?? true;
    else if (lower === 'crossaccount') attributes.crossAccount = boolean() ?? false;
    else if (lower === 'mounttargetip') {
      if (isIP(value) === 0)
        refuse(`Volume context property "${key}"="${value}" is not a valid IP address`, 'e.g. 10.0.1.7');
      else attributes.mountTargetIp = value;
    } else if (lower === 'mounttargetipmap') {
      attributes.mountTargetIpMap = readMap(value);
      if (attributes.mountTargetIpMap === undefined)
        refuse(
          `Volume context property "${key}"="${value}" is not a map of zones to IP addresses`,
          'e.g. {"eu-central-1a":"10.0.1.7"}',
        );
    } else if (!ignoredKeys.test(lower))
      refuse(
        `Volume context property ${key} not supported.`,
        'allowed are encryptInTransit, mounttargetip, mounttargetipmap, crossaccount',
      );
  }
  if (attributes.crossAccount && attributes.mountTargetIp !== undefined)
    refusals.push({
      code: 'invalid-argument',
      field: 'volumeAttributes.mounttargetip',
      message: 'mounttargetip option is incompatible with crossaccount option.',
      fix: 'keep one of the two',
    });
  return attributes;
}

function readMap(text: string): Readonly<Record<string, string>> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  const wrong = entries.some(([, address]) => typeof address !== 'string' || isIP(address) === 0);
  return entries.length === 0 || wrong ? undefined : Object.fromEntries(entries as [string, string][]);
}
