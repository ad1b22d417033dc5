import * as catalog from '../../drivers/catalog.ts';
import type { ExplainOptions } from '../../drivers/driver-module.ts';
import { explainFiles } from '../explain-manifests.ts';
import type { LocatedFinding, ObjectReport, Report } from '../report.ts';

/** Explains texts as files `1.yaml`, `2.yaml`, …, offline unless `options` say otherwise. */
export function explainTexts(
  texts: readonly string[],
  options: Partial<ExplainOptions> = {},
): Promise<Report> {
  const files = texts.map((text, index) => ({ name: `${index + 1}.yaml`, text }));
  return explainFiles(files, catalog, {
    config: {},
    live: undefined,
    signal: new AbortController().signal,
    ...options,
  });
}

export function objectNamed(report: Report, kind: string, name: string): ObjectReport {
  const object = report.objects.find((candidate) => candidate.kind === kind && candidate.name === name);
  if (object === undefined) throw new Error(`the report has no ${kind} ${name}`);
  return object;
}

export function propertyOf(object: ObjectReport, name: string): string | undefined {
  return object.properties.find((property) => property.name === name)?.value;
}

/** `severity field:line message` of every finding, the short form that tests compare. */
export function findingLines(object: { readonly findings: readonly LocatedFinding[] }): readonly string[] {
  return object.findings.map(
    ({ severity, field, line, message }) => `${severity} ${field}:${line} ${message}`,
  );
}
