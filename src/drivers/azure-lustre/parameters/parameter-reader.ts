import type { ParameterKey } from './parameter-keys.ts';

/** How parameters are read: an empty value counts as none. */
export interface ParameterReader {
  optional(key: ParameterKey): string | undefined;
  refuse(key: ParameterKey, message: string, fix?: string): void;
}

/** `true` or `false`; undefined where it is not given or neither. */
export function readFlag(key: ParameterKey, { optional, refuse }: ParameterReader): boolean | undefined {
  const text = optional(key);
  if (text === undefined || text === 'true' || text === 'false')
    return text === undefined ? undefined : text === 'true';
  refuse(key, `CreateVolume Parameter ${key} must be "true" or "false", was: '${text}'`, 'quote it');
  return undefined;
}
