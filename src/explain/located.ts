import type { Finding } from '../drivers/driver-module.ts';
import type { Manifest, Path } from './manifest.ts';
import { isRecord } from './manifest.ts';
import type { LocatedFinding } from './report.ts';

/** Gives a finding its line. `base` is where in the manifest the finding's field begins, e.g. `spec`. */
export function locate(manifest: Manifest, finding: Finding, base: Path = []): LocatedFinding {
  const path = [...base, ...pathOf(manifest, base, finding.field)];
  return { ...finding, field: path.join('.'), line: manifest.lineOf(path) };
}

/** A finding about `path` of the manifest itself. */
export function found(
  manifest: Manifest,
  severity: Finding['severity'],
  path: Path,
  message: string,
  fix?: string,
): LocatedFinding {
  return { severity, field: path.join('.'), line: manifest.lineOf(path), message, fix };
}

/** Splits a dotted field, taking a key with dots in it (`tags.a.b`) whole where the manifest has it. */
function pathOf(manifest: Manifest, base: Path, field: string): Path {
  const at = base.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), manifest.value);
  const path: string[] = [];
  let value = at;
  let rest = field;
  while (rest !== '') {
    const keys = isRecord(value) ? Object.keys(value) : [];
    const key =
      keys
        .filter((name) => rest === name || rest.startsWith(`${name}.`))
        .sort((a, b) => b.length - a.length)[0] ??
      rest.split('.')[0] ??
      rest;
    path.push(key);
    value = isRecord(value) ? value[key] : undefined;
    rest = rest.slice(key.length + 1);
  }
  return path;
}
