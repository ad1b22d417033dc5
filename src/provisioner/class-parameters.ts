import { reservedPrefix } from './names.ts';
import { Refusal } from './refusal.ts';
import { secretKeys, secretPurposes } from './secret-references.ts';

export interface ClassParameters {
  /** What the driver gets to see. */
  readonly forDriver: Readonly<Record<string, string>>;
  /** Empty where the class names none. */
  readonly fsType: string;
}

const fsTypeKey = `${reservedPrefix}fstype`;

const knownKeys: ReadonlySet<string> = new Set([
  fsTypeKey,
  ...[undefined, ...secretPurposes].flatMap((purpose) => Object.values(secretKeys(purpose))),
]);

/**
 * Splits a class's parameters into the provisioner's (`csi.storage.k8s.io/…`) and the driver's.
 *
 * @throws Refusal for an unknown key with the reserved prefix, or two file system types.
 */
export function classParameters(parameters: Readonly<Record<string, string>>): ClassParameters {
  const forDriver: Record<string, string> = {};
  const fsTypes: string[] = [];
  for (const [key, value] of Object.entries(parameters)) {
    // The bare key is older than the prefix; drivers still get it, as from external-provisioner.
    if (key === fsTypeKey || key.toLowerCase() === 'fstype') fsTypes.push(value);
    if (!key.startsWith(reservedPrefix)) forDriver[key] = value;
    else if (!knownKeys.has(key))
      throw new Refusal(`found unknown parameter key "${key}" with reserved namespace ${reservedPrefix}`);
  }
  if (fsTypes.length > 1)
    throw new Refusal(`fstype specified in parameters with both "fstype" and "${fsTypeKey}" keys`);
  return { forDriver, fsType: fsTypes[0] ?? '' };
}
