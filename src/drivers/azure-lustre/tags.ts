import type { Refusal } from '../refusal.ts';
import { fileSystemName } from './file-system-name.ts';
import { type ClassSettings, formatSettings, parseSettings } from './parameters/class-settings.ts';
import { metadataKeys } from './parameters/parameter-keys.ts';

type Tags = Readonly<Record<string, string>>;

/** Who made it; without this tag a file system is nobody's business here. */
export const createdBy = 'k8s-azure-created-by';
const createdByBerth = 'kubernetes-azurelustre-csi-driver';
const pvNameTag = 'kubernetes.io-created-for-pv-name';
/** The CSI volume name in full. Upstream has no such tag; it proves ownership where the PV's name is not passed on. */
const volumeNameTag = 'berth-volume-name';

/** What `ClassSettings` writes. */
const settingsTag = 'berth-settings';

const reservedTags = [
  createdBy,
  'kubernetes.io-created-for-pvc-name',
  'kubernetes.io-created-for-pvc-namespace',
  pvNameTag,
  volumeNameTag,
  settingsTag,
];

/** Azure allows 50 tags on a resource. */
const mostTags = 50 - reservedTags.length;

/** Tags that repeat the metadata of a create, by its keys. */
const metadataTags: readonly (readonly [key: string, tag: string])[] = [
  [metadataKeys.pvcName, 'kubernetes.io-created-for-pvc-name'],
  [metadataKeys.pvcNamespace, 'kubernetes.io-created-for-pvc-namespace'],
  [metadataKeys.pvName, pvNameTag],
];

/** Tags that mark a file system as this driver's and say what it was made for. */
export function ownershipTags(
  volumeName: string,
  parameters: Tags,
  settings?: ClassSettings,
): Record<string, string> {
  const given = metadataTags.flatMap(([key, tag]) => (parameters[key] ? [[tag, parameters[key]]] : []));
  const said = settings && formatSettings(settings);
  return {
    [createdBy]: createdByBerth,
    ...Object.fromEntries(given),
    [volumeNameTag]: volumeName,
    ...(said !== undefined && { [settingsTag]: said }),
  };
}

/** The settings of the class that a file system was made for; the defaults where upstream's driver made it. */
export function settingsOf(tags: Tags | undefined): ClassSettings {
  return parseSettings(lowerCased(tags).get(settingsTag));
}

/** What the tags of a file system of this driver's making say about the create that made it. */
export function madeFor(tags: Tags | undefined): {
  readonly volumeName: string | undefined;
  readonly parameters: Tags;
} {
  const lower = lowerCased(tags);
  const parameters = Object.fromEntries(
    metadataTags.flatMap(([key, tag]) => {
      const value = lower.get(tag);
      return value === undefined ? [] : [[key, value]];
    }),
  );
  return { volumeName: lower.get(volumeNameTag) ?? lower.get(pvNameTag), parameters };
}

/** Tag names compare without case, as Azure's do. */
function lowerCased(tags: Tags | undefined): ReadonlyMap<string, string> {
  return new Map(Object.entries(tags ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
}

/**
 * Why the file system called `resourceName` cannot be taken for one that this driver made under that name, or
 * undefined when its tags prove it.
 */
export function whyNotOurs(resourceName: string, tags: Tags | undefined): string | undefined {
  const lower = lowerCased(tags);
  if (lower.get(createdBy) !== createdByBerth) return `it lacks the tag ${createdBy}=${createdByBerth}`;
  const volumeName = lower.get(volumeNameTag);
  if (volumeName !== undefined && fileSystemName(volumeName) === resourceName) return undefined;
  const pvName = lower.get(pvNameTag);
  if (pvName !== undefined && fileSystemName(pvName) === resourceName) return undefined;
  return `neither its tag ${pvNameTag} (${pvName ?? 'absent'}) nor ${volumeNameTag} (${volumeName ?? 'absent'}) names this volume`;
}

/** Reads `key1=value1,key2=value2`. Limits are Azure's: 512 characters of name, 256 of value. */
export function readTags(text: string, field: string): { tags: Tags; refusals: readonly Refusal[] } {
  const tags: Record<string, string> = {};
  const refusals: Refusal[] = [];
  const refuse = (message: string, fix?: string) =>
    refusals.push({ code: 'invalid-argument', field, message, ...(fix === undefined ? {} : { fix }) });
  const seen = new Set<string>();
  for (const pair of text.trim() === '' ? [] : text.split(',')) {
    const [name = '', value, ...rest] = pair.split('=').map((part) => part.trim());
    if (name === '' || value === undefined || rest.length > 0) {
      refuse(
        `CreateVolume tags '${text}' are invalid, the format should be: 'key1=value1,key2=value2'`,
        `'${pair.trim()}' is not of that form`,
      );
      continue;
    }
    const lower = name.toLowerCase();
    if (reservedTags.includes(lower))
      refuse(`CreateVolume Parameter tags must not contain ${name} as a tag`, 'the driver sets it itself');
    if (seen.has(lower)) refuse(`CreateVolume Parameter tags names ${name} twice`);
    if (name.length > 512 || /[<>%&\\?/]/.test(name))
      refuse(
        `CreateVolume Parameter tags has a name that Azure does not take: '${name}'`,
        'use at most 512 characters, none of < > % & \\ ? /',
      );
    if (value.length > 256)
      refuse(`CreateVolume Parameter tags has a value of more than 256 characters for ${name}`);
    seen.add(lower);
    tags[name] = value;
  }
  if (seen.size > mostTags)
    refuse(`CreateVolume Parameter tags has ${seen.size} tags, at most ${mostTags} fit`);
  return { tags, refusals };
}
