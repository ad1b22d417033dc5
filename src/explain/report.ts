import type { Explanation, Finding } from '../drivers/driver-module.ts';

/** What `berth explain` answers, in the shape of its JSON output; the keys are documented and stay as they are. */
export interface Report {
  readonly version: 1;
  readonly objects: readonly ObjectReport[];
  /** About a file as a whole: YAML that cannot be read, nothing to explain. */
  readonly files: readonly FileFinding[];
  readonly summary: {
    readonly objects: number;
    readonly errors: number;
    readonly warnings: number;
    readonly notes: number;
  };
}

export interface LocatedFinding extends Finding {
  /** 1-based; undefined where the field is not in the file. */
  readonly line: number | undefined;
}

export interface FileFinding extends LocatedFinding {
  readonly file: string;
}

export interface ObjectReport {
  readonly file: string;
  readonly line: number;
  readonly kind: string;
  readonly name: string;
  /** undefined for kinds without one. */
  readonly namespace: string | undefined;
  /** The driver of this program that takes it. */
  readonly driver: string | undefined;
  readonly properties: Explanation['properties'];
  readonly mounts: readonly MountReport[];
  readonly findings: readonly LocatedFinding[];
}

/** A directory of a container that a volume would be mounted at. */
export interface MountReport {
  readonly container: string;
  readonly path: string;
  readonly claim: string;
  /** undefined where the claim's volume cannot be told from the files. */
  readonly source: string | undefined;
  readonly options: readonly string[];
}

export function summarize(
  objects: readonly ObjectReport[],
  files: readonly FileFinding[],
): Report['summary'] {
  const findings: readonly Finding[] = [...objects.flatMap((object) => object.findings), ...files];
  const count = (severity: Finding['severity']) => findings.filter((f) => f.severity === severity).length;
  return {
    objects: objects.length,
    errors: count('error'),
    warnings: count('warning'),
    notes: count('note'),
  };
}
