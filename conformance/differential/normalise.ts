import type { Answer, Answers, Comparison } from './exchange.ts';

const uidPattern = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const generatedSuffix = /(-generated-)[bcdfghjklmnpqrstvwxz2456789]{5}\b/g;
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/**
 * Replaces what has to differ between two servers by what has to be equal: uids and resource versions by names
 * that tell whose they are, times, generated names and addresses by a word.
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

/** A uid is called after its object, a resource version after its place among those of its object. */
function collectNames(answers: Answers): Names {
  const objectOf = new Map<string, string>();
  const revisionsOf = new Map<string, Set<string>>();
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { name, uid, resourceVersion } = value as Record<string, unknown>;
    if (typeof name === 'string' && typeof uid === 'string') {
      if (!objectOf.has(uid)) objectOf.set(uid, countedName(name, [...objectOf.values()]));
      const revisions = revisionsOf.get(uid) ?? new Set();
      revisionsOf.set(uid, typeof resourceVersion === 'string' ? revisions.add(resourceVersion) : revisions);
    }
    for (const item of Object.values(value)) collect(item);
  };
  for (const { body } of answers.values()) collect(body);
  const uids = [...objectOf].map(([uid, name]) => [uid, `<uid of ${name}>`] as const);
  const revisions = [...revisionsOf.values()].flatMap((ofObject) =>
    [...ofObject]
      .sort((a, b) => Number(a) - Number(b))
      .map((revision, index) => [revision, `<version ${index + 1}>`] as const),
  );
  return { uids: new Map(uids), revisions: new Map(revisions) };
}

/** Later objects of the same name, recreated or generated, are numbered. */
function countedName(name: string, taken: readonly string[]): string {
  const base = name.replace(generatedSuffix, '$1');
  const count = taken.filter((one) => one.replace(/ \d+$/, '') === base).length;
  return count === 0 ? base : `${base} ${count + 1}`;
}

const isRevision = (path: Path) => path.at(-1) === 'resourceVersion' && path.at(-2) === 'metadata';

/** Kubernetes checks some things in several places, and lists the same cause each time. */
function eachOnce(causes: readonly unknown[]): readonly unknown[] {
  return [...new Map(causes.map((cause) => [JSON.stringify(cause), cause])).values()];
}

/** A refusal of the media type has empty details in one run of Kubernetes and none in the next. */
function isEmptyDetails(key: string, value: unknown): boolean {
  return key === 'details' && JSON.stringify(value) === '{}';
}

/** Lists, tables and bookmarks carry the version of the whole state, which anything at all may have raised. */
function isStateRevision(body: unknown, path: Path): boolean {
  if (!isRevision(path) || typeof body !== 'object' || body === null) return false;
  if (path.length === 2) return 'items' in body || 'rows' in body;
  const event = Array.isArray(body) ? (body as readonly unknown[])[Number(path[0])] : undefined;
  return typeof event === 'object' && event !== null && 'type' in event && event.type === 'BOOKMARK';
}

function visitor(names: Names, body: unknown, { managedFields = false }: Comparison) {
  const visit = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) {
      const items = path.at(-1) === 'causes' ? eachOnce(value) : value;
      return items.map((item, index) => visit(item, [...path, String(index)]));
    }
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(
        Object.entries(value)
          .filter(([key, item]) => (managedFields || key !== 'managedFields') && !isEmptyDetails(key, item))
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
  if (key === 'continue') return text === '' ? text : '<continue>';
  if (key === 'serverAddress') return '<address>';
  if (key === 'clusterIP' || path.at(-2) === 'clusterIPs') return /^\d/.test(text) ? '<address>' : text;
  if (timePattern.test(text)) return text.includes('.') ? '<time with fraction>' : '<time>';
  if (path.at(-2) === 'cells' && /^\d+s$/.test(text)) return '<age>';
  return text
    .replace(uidPattern, (uid) => uids.get(uid) ?? uid)
    .replace(/(resource version: )\d+( \(\d+\))?/g, '$1<version>')
    .replace(/((?:current: |"resourceVersion":")|record \()\d+/g, '$1<version>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>')
    .replace(generatedSuffix, '$1<suffix>');
}
