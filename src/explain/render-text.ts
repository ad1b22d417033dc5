import { describeMount } from './describe.ts';
import type { LocatedFinding, MountReport, ObjectReport, Report } from './report.ts';

/** Words for what is emphasised; the identity where there is no terminal. */
export interface Palette {
  heading(text: string): string;
  severity(severity: LocatedFinding['severity'], text: string): string;
}

export const plain: Palette = { heading: (text) => text, severity: (_severity, text) => text };

/** The report for a person: one block per object, findings below what they are about, a summary line at the end. */
export function renderText(report: Report, palette: Palette = plain): string {
  const blocks = [
    ...report.files.map((finding) => {
      const where = [finding.file, finding.line]
        .filter((part) => part !== undefined && part !== '')
        .join(':');
      return [palette.heading(where || 'input'), ...findingLines(finding, palette)].join('\n');
    }),
    ...report.objects.map((object) => objectLines(object, palette).join('\n')),
    summaryLine(report),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function objectLines(object: ObjectReport, palette: Palette): readonly string[] {
  const namespace = object.namespace === undefined ? '' : ` in namespace ${object.namespace}`;
  const heading = palette.heading(`${object.kind} ${object.name}${namespace}`);
  const properties = [
    ...(object.driver === undefined ? [] : [{ name: 'driver', value: object.driver }]),
    ...object.properties,
  ];
  const width = Math.max(0, ...properties.map(({ name }) => name.length));
  return [
    `${heading}  (${object.file}:${object.line})`,
    ...properties.map(({ name, value }) => `  ${name.padEnd(width)}  ${value}`),
    ...object.mounts.map((mount) => `  ${mountLine(mount)}`),
    ...object.findings.flatMap((finding) => findingLines(finding, palette)),
  ];
}

function mountLine({ container, path, claim, source, options }: MountReport): string {
  const what =
    source === undefined ? 'a volume not known from these files' : describeMount({ source, options });
  return `mounts at ${path} in ${container}: ${what}, from claim ${claim}`;
}

function findingLines(finding: LocatedFinding, palette: Palette): readonly string[] {
  const line = finding.line === undefined || finding.field === '' ? '' : ` (line ${finding.line})`;
  const field = finding.field === '' ? '' : ` ${finding.field}${line}:`;
  const label = palette.severity(finding.severity, finding.severity);
  return [
    `  ${label}${field} ${finding.message}`,
    ...(finding.fix === undefined ? [] : [`    -> ${finding.fix}`]),
  ];
}

function summaryLine({ summary }: Report): string {
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
  const parts = [
    count(summary.objects, 'object'),
    count(summary.errors, 'error'),
    count(summary.warnings, 'warning'),
    count(summary.notes, 'note'),
  ];
  return `${parts.join(', ')}. Nothing was changed.`;
}
