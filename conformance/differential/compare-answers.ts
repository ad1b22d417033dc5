import type { Answer, Comparison } from './exchange.ts';

/** One place in one answer where the two servers differ. */
export interface Difference {
  /** `scenario/step`. */
  readonly request: string;
  /** `status`, `type`, `warnings` or a path into the body: `body.metadata.labels`. */
  readonly at: string;
  /** Undefined where this server has nothing there. */
  readonly kubernetes: unknown;
  readonly sandbox: unknown;
}

/** Compares normalised answers to one request. */
export function compareAnswers(
  request: string,
  kubernetes: Answer,
  sandbox: Answer,
  { subset = false, statusOnly = false }: Comparison,
): readonly Difference[] {
  const differences: Difference[] = [];
  const report = (at: string, theirs: unknown, ours: unknown) =>
    differences.push({ request, at, kubernetes: theirs, sandbox: ours });
  const compare = (at: string, theirs: unknown, ours: unknown): void => {
    if (Array.isArray(theirs) && Array.isArray(ours)) compareLists(at, theirs, ours);
    else if (isFields(theirs) && isFields(ours)) {
      for (const key of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
        compare(`${at}.${key}`, theirs[key], ours[key]);
      }
    } else if (theirs !== ours) report(at, theirs, ours);
  };
  const compareLists = (at: string, theirs: readonly unknown[], ours: readonly unknown[]): void => {
    if (subset) [theirs, ours] = alignByName(theirs, ours);
    for (let index = 0; index < Math.max(theirs.length, ours.length); index++) {
      const name = subset ? nameOf(ours[index] ?? theirs[index]) : undefined;
      compare(`${at}[${name ?? index}]`, theirs[index], ours[index]);
    }
  };
  if (statusOnly) {
    compare('status', kubernetes.status, sandbox.status);
    return differences;
  }
  if (!sameKind(kubernetes.body, sandbox.body)) {
    // One refuses what the other does: field by field that would say the same thing often.
    report('outcome', outcomeOf(kubernetes), outcomeOf(sandbox));
    return differences;
  }
  compare('status', kubernetes.status, sandbox.status);
  compare('type', kubernetes.type, sandbox.type);
  compare('warnings', kubernetes.warnings, sandbox.warnings);
  compare('body', kubernetes.body, sandbox.body);
  return differences;
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sameKind(theirs: unknown, ours: unknown): boolean {
  return isFields(theirs) && isFields(ours)
    ? theirs.kind === ours.kind
    : Array.isArray(theirs) === Array.isArray(ours) && typeof theirs === typeof ours;
}

function outcomeOf({ status, body }: Answer): string {
  if (!isFields(body)) return `${status} ${typeof body === 'string' ? body.trim() : 'a stream'}`;
  return `${status} ${String(body.message ?? body.kind)}`;
}

/** What an entry of a discovery document is called in its list. */
function nameOf(entry: unknown): string | undefined {
  if (!isFields(entry)) return undefined;
  const metadata = isFields(entry.metadata) ? entry.metadata.name : undefined;
  const name = entry.resource ?? entry.subresource ?? entry.name ?? metadata ?? entry.groupVersion;
  return typeof (name ?? entry.version) === 'string' ? String(name ?? entry.version) : undefined;
}

/** Both lists by name, without the entries that only Kubernetes has; a list of unnamed entries stays as it is. */
function alignByName(
  theirs: readonly unknown[],
  ours: readonly unknown[],
): [readonly unknown[], readonly unknown[]] {
  const names = ours.map(nameOf);
  if (names.length === 0 || names.includes(undefined)) return [theirs, ours];
  return [names.map((name) => theirs.find((entry) => nameOf(entry) === name)), ours];
}
