import type { Answer, Answers, Comparison } from './exchange.ts';

const uidPattern = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/**
 * Replaces what has to differ between two servers by what has to be equal: uids and resource versions by their order in
 * the scenario, times, generated names and addresses by a word.
 */
export function normaliseAnswers(
  answers: Answers,
  comparisonOf: (step: string) => Comparison,
): Map<string, Answer> {
  const names = collectNames(answers);
  return new Map(
    [...answers].map(([step, answer]) => {
      const visit = visitor(names, answer.body, comparisonOf(step));
      return [step, { ...answer, body: visit(answer.body, []) }];
    }),
  );
}

interface Names {
  readonly uids: ReadonlyMap<string, string>;
  readonly revisions: ReadonlyMap<string, string>;
}

type Path = readonly string[];

function collectNames(answers: Answers): Names {
  const uids = new Set<string>();
  const revisions = new Set<string>();
  const collect = (body: unknown, value: unknown, path: Path): void => {
    if (typeof value === 'string') {
      for (const uid of value.match(uidPattern) ?? []) uids.add(uid);
      if (isRevision(path) && !isStateRevision(body, path)) revisions.add(value);
    }
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value).sort()) {
      collect(body, (value as Record<string, unknown>)[key], [...path, key]);
    }
  };
  for (const { body } of answers.values()) collect(body, body, []);
  const ordered = [...revisions].sort((a, b) => Number(a) - Number(b));
  return {
    uids: new Map([...uids].map((uid, index) => [uid, `<uid ${index + 1}>`])),
    revisions: new Map(ordered.map((revision, index) => [revision, `<version ${index + 1}>`])),
  };
}

const isRevision = (path: Path) => path.at(-1) === 'resourceVersion' && path.at(-2) === 'metadata';

/** Lists, tables and bookmarks carry the version of the whole state, which anything at all may have raised. */
function isStateRevision(body: unknown, path: Path): boolean {
  if (!isRevision(path) || typeof body !== 'object' || body === null) return false;
  if (path.length === 2) return 'items' in body || 'rows' in body;
  const event = Array.isArray(body) ? (body as readonly unknown[])[Number(path[0])] : undefined;
  return typeof event === 'object' && event !== null && 'type' in event && event.type === 'BOOKMARK';
}

function visitor(names: Names, body: unknown, { managedFields = false }: Comparison) {
  const visit = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => visit(item, [...path, String(index)]));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(
        Object.entries(value)
          .filter(([key]) => managedFields || key !== 'managedFields')
          .map(([key, item]) => [key, visit(item, [...path, key])]),
      );
    }
    if (typeof value !== 'string') return value;
    return isStateRevision(body, path) && value !== '' ? '<now>' : normaliseText(value, path, names);
  };
  return visit;
}

function normaliseText(text: string, path: Path, { uids, revisions }: Names): string {
  const key = path.at(-1);
  if (isRevision(path)) return revisions.get(text) ?? text;
  if (key === 'continue') return '<continue>';
  if (key === 'clusterIP' || path.at(-2) === 'clusterIPs') return /^\d/.test(text) ? '<address>' : text;
  if (timePattern.test(text)) return text.includes('.') ? '<time with fraction>' : '<time>';
  if (path.at(-2) === 'cells' && /^\d+s$/.test(text)) return '<age>';
  return text
    .replace(uidPattern, (uid) => uids.get(uid) ?? uid)
    .replace(/(resource version: )\d+( \(\d+\))?/g, '$1<version>')
    .replace(/(current: )\d+/g, '$1<version>')
    .replace(/(-generated-)[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1<suffix>');
}
