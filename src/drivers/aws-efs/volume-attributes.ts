import { isIP } from 'node:net';
import type { Refusal } from '../refusal.ts';
import { parseBool } from './parse-bool.ts';

/** What a volume's attributes say about its mount. */
export interface VolumeAttributes {
  readonly encryptInTransit: boolean;
  readonly mountTargetIp: string | undefined;
  /** Addresses of mount targets by the names of their zones. */
  readonly mountTargetIpMap: Readonly<Record<string, string>> | undefined;
  /** The mount target is found by a DNS name that begins with the id of the node's zone. */
  readonly crossAccount: boolean;
}

type Refuse = (message: string, fix: string) => void;

/** Attributes that concern others: a provisioner's mark, and what kubelet adds about the pod. */
const othersKeys = /^(storage\.kubernetes\.io\/csiProvisionerIdentity$|csi\.storage\.k8s\.io\/)/i;

const ownKeys = ['encryptInTransit', 'mounttargetip', 'mounttargetipmap', 'crossaccount'] as const;

/** Reads volume attributes with upstream's texts: keys without regard to case, unknown ones refused. */
export function readAttributes(
  context: Readonly<Record<string, string>>,
  refusals: Refusal[],
): VolumeAttributes {
  const values = new Map<string, { readonly key: string; readonly value: string }>();
  for (const [key, value] of Object.entries(context)) {
    if (othersKeys.test(key)) continue;
    values.set(key.toLowerCase(), { key, value });
    if (!ownKeys.some((own) => own.toLowerCase() === key.toLowerCase()))
      refusals.push(
        refusal(key, `Volume context property ${key} not supported.`, `allowed are ${ownKeys.join(', ')}`),
      );
  }
  const read = <T>(
    name: (typeof ownKeys)[number],
    parse: (value: string, key: string, refuse: Refuse) => T,
  ) => {
    const given = values.get(name.toLowerCase());
    const refuse =
      (key: string): Refuse =>
      (message, fix) =>
        refusals.push(refusal(key, message, fix));
    return given === undefined ? undefined : parse(given.value, given.key, refuse(given.key));
  };
  const attributes: VolumeAttributes = {
    encryptInTransit: read('encryptInTransit', readBoolean) ?? true,
    mountTargetIp: read('mounttargetip', readAddress),
    mountTargetIpMap: read('mounttargetipmap', readAddresses),
    crossAccount: read('crossaccount', readBoolean) ?? false,
  };
  if (attributes.crossAccount && attributes.mountTargetIp !== undefined) {
    const message = 'mounttargetip option is incompatible with crossaccount option.';
    refusals.push(refusal('mounttargetip', message, 'keep one of the two'));
  }
  return attributes;
}

function refusal(key: string, message: string, fix: string): Refusal {
  return { code: 'invalid-argument', field: `volumeAttributes.${key}`, message, fix };
}

function readBoolean(value: string, key: string, refuse: Refuse): boolean | undefined {
  const parsed = parseBool(value);
  if (parsed === undefined)
    refuse(`Volume context property "${key}" must be a boolean value: ${value}`, '"true" or "false", quoted');
  return parsed;
}

function readAddress(value: string, key: string, refuse: Refuse): string | undefined {
  if (isIP(value) !== 0) return value;
  refuse(`Volume context property "${key}"="${value}" is not a valid IP address`, 'e.g. 10.0.1.7');
  return undefined;
}

function readAddresses(
  value: string,
  key: string,
  refuse: Refuse,
): Readonly<Record<string, string>> | undefined {
  const entries = Object.entries(parsedObject(value));
  const addresses = entries.filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && isIP(entry[1]) !== 0,
  );
  if (entries.length > 0 && addresses.length === entries.length) return Object.fromEntries(addresses);
  refuse(
    `Volume context property "${key}"="${value}" is not a map of zones to IP addresses`,
    'e.g. {"eu-central-1a":"10.0.1.7"}',
  );
  return undefined;
}

/** Empty for what is no JSON object. */
function parsedObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}
