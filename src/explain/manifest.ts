import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { FileFinding } from './report.ts';

export interface SourceFile {
  /** As the user named it; `-` for standard input. */
  readonly name: string;
  readonly text: string;
}

export type Path = readonly (string | number)[];

/** One object of a manifest, with the way back to its lines. */
export interface Manifest {
  readonly file: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly name: string;
  /** As written; kinds with namespaces fall back to `default`. */
  readonly namespace: string | undefined;
  /** Plain data; unchecked beyond being a mapping. */
  readonly value: Readonly<Record<string, unknown>>;
  /** First line of the object. */
  readonly line: number;
  /** Line of the value at `path`, or of the nearest thing above it that exists. */
  lineOf(path: Path): number;
  /** How a scalar at `path` is written, e.g. `22:00`; undefined where there is none or it is quoted. */
  plainText(path: Path): string | undefined;
}

export interface ParsedFiles {
  readonly manifests: readonly Manifest[];
  readonly findings: readonly FileFinding[];
}

/** Reads every document of every file, JSON included; `List` objects are taken apart. */
export function parseFiles(files: readonly SourceFile[]): ParsedFiles {
  const parsed = files.map(parseFile);
  return {
    manifests: parsed.flatMap(({ manifests }) => manifests),
    findings: parsed.flatMap(({ findings }) => findings),
  };
}

function parseFile({ name: file, text }: SourceFile): ParsedFiles {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
  });
  const findings: FileFinding[] = [];
  const manifests: Manifest[] = [];
  for (const document of Array.isArray(documents) ? documents : []) {
    const [error] = document.errors;
    if (error !== undefined) {
      const { line } = lines.linePos(error.pos[0]);
      findings.push(unreadable(file, line, error.message));
      continue;
    }
    const read = readDocument(file, document, lines);
    manifests.push(...read.manifests);
    findings.push(...read.findings);
  }
  return { manifests, findings };
}

function readDocument(file: string, document: Document.Parsed, lines: LineCounter): ParsedFiles {
  if (document.contents === null) return { manifests: [], findings: [] };
  const start = lines.linePos(document.contents.range[0]).line;
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    // An alias without its anchor, or one that would unfold without end.
    const message = error instanceof Error ? error.message : String(error);
    return { manifests: [], findings: [unreadable(file, start, message)] };
  }
  if (!isRecord(value))
    return { manifests: [], findings: [unreadable(file, start, 'this is no Kubernetes object')] };
  const items = value.items;
  if (value.kind === 'List' && Array.isArray(items)) {
    const parts = items.map((item, index) => readObject(file, document, lines, ['items', index], item));
    return {
      manifests: parts.flatMap(({ manifests }) => manifests),
      findings: parts.flatMap(({ findings }) => findings),
    };
  }
  return readObject(file, document, lines, [], value);
}

function readObject(
  file: string,
  document: Document.Parsed,
  lines: LineCounter,
  base: Path,
  value: unknown,
): ParsedFiles {
  const lineOf = (path: Path) => lineIn(document, lines, [...base, ...path]);
  const metadata = isRecord(value) && isRecord(value.metadata) ? value.metadata : {};
  const name = metadata.name ?? metadata.generateName;
  const missing = !isRecord(value)
    ? 'a mapping'
    : typeof value.kind !== 'string'
      ? 'kind'
      : typeof value.apiVersion !== 'string'
        ? 'apiVersion'
        : typeof name !== 'string' || name === ''
          ? 'metadata.name'
          : undefined;
  if (missing !== undefined || !isRecord(value)) {
    const message = `this is no Kubernetes object: it lacks ${missing}`;
    const indentation = 'check the indentation, which copying from a web page often loses';
    return { manifests: [], findings: [{ ...unreadable(file, lineOf([]), message), fix: indentation }] };
  }
  const namespace = metadata.namespace;
  const manifest: Manifest = {
    file,
    kind: String(value.kind),
    apiVersion: String(value.apiVersion),
    name: String(name),
    namespace: typeof namespace === 'string' ? namespace : undefined,
    value,
    line: lineOf([]),
    lineOf,
    plainText(path) {
      const node = document.getIn([...base, ...path], true);
      return isScalar(node) && node.type === 'PLAIN' ? node.source : undefined;
    },
  };
  return { manifests: [manifest], findings: [] };
}

/** Keys are on the line that people look for, also when their value is a block below. */
function lineIn(document: Document.Parsed, lines: LineCounter, path: Path): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
      if (pair === undefined) break;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step];
      if (!isNode(node)) break;
      offset = node.range?.[0] ?? offset;
    } else break;
  }
  return lines.linePos(offset).line;
}

function unreadable(file: string, line: number, message: string): FileFinding {
  return { file, line, severity: 'error', field: '', message, fix: undefined };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
