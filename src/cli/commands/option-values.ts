import { statSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';

// Each reads one flag's value; what it throws becomes wrong usage that names the flag and the value.

/** A file that can be read now, so that a misspelt name is told at the start and not by the first call that needs it. */
export function existingFile(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    throw new InvalidArgumentError('It must be a file that exists.');
  return path;
}

/** Credentials go there, so plain HTTP is no choice. */
export function httpsUrl(text: string): string {
  if (!URL.canParse(text) || new URL(text).protocol !== 'https:')
    throw new InvalidArgumentError('It must be an https:// URL, e.g. https://management.azure.com.');
  return text;
}

export function nonEmpty(text: string): string {
  if (text === '') throw new InvalidArgumentError('It must not be empty.');
  return text;
}
