import { closestName } from '../../../units/closest-name.ts';
import {
  allowedValues,
  type Fault,
  type FaultKindInfo,
  type FaultKinds,
  type FaultMatch,
  type FaultValue,
} from './fault.ts';

/** A fault someone asked for cannot be; the message names what is allowed. */
export class FaultRefusal extends Error {
  override readonly name = 'FaultRefusal';
}

const MATCH_KEYS = ['method', 'path', 'name'] as const;
const METHODS = ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE'];

/**
 * Checks a fault `{kind, parameters?, match?}` as it comes over HTTP or from a command line, where numbers may be text, and
 * fills in its defaults. Throws FaultRefusal.
 */
export function parseFault<Kind extends string>(
  kinds: FaultKinds<Kind>,
  id: string,
  input: unknown,
): Fault<Kind> {
  const request = fields('the fault', input, ['kind', 'parameters', 'match']);
  const kind = parseKind(kinds, request.kind);
  const info: FaultKindInfo = kinds[kind];
  const parameters = parseParameters(kind, info, request.parameters);
  const untilCleared = parameters.rate !== undefined || parameters.lifetimeSeconds !== undefined;
  const { times, ...rest } = parameters;
  return {
    id,
    kind,
    parameters: rest,
    match: parseMatch(info, request.match),
    ...(typeof times === 'number' && !untilCleared ? { remaining: times } : {}),
  };
}

function parseKind<Kind extends string>(kinds: FaultKinds<Kind>, kind: unknown): Kind {
  const known = Object.keys(kinds) as Kind[];
  const found = known.find((name) => name === kind);
  if (found !== undefined) return found;
  throw new FaultRefusal(
    `unknown fault ${JSON.stringify(kind ?? null)}${suggestion(kind, known)}; there are: ${known.join(', ')}`,
  );
}

function parseParameters(
  kind: string,
  { parameters: known }: FaultKindInfo,
  input: unknown,
): Record<string, FaultValue> {
  const given = fields(`parameters of ${kind}`, input ?? {}, Object.keys(known));
  const parsed: Record<string, FaultValue> = {};
  for (const [name, parameter] of Object.entries(known)) {
    const value = given[name];
    if (value === undefined) {
      if (parameter.default !== undefined) parsed[name] = parameter.default;
      continue;
    }
    const read = readValue(parameter.values, value);
    if (read === undefined) {
      throw new FaultRefusal(
        `${kind}: ${name} must be ${allowedValues(parameter.values)}, not ${JSON.stringify(value)}`,
      );
    }
    parsed[name] = read;
  }
  return parsed;
}

type Values = Parameters<typeof allowedValues>[0];

function readValue(values: Values, value: unknown): FaultValue | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  if (values.type === 'choice') return values.choices.find((choice) => String(choice) === String(value));
  if (values.type === 'word') return values.pattern.test(String(value)) ? String(value) : undefined;
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  const fits = number >= values.minimum && number <= values.maximum;
  return fits && (values.type === 'number' || Number.isInteger(number)) ? number : undefined;
}

function parseMatch({ withoutMatch }: FaultKindInfo, input: unknown): FaultMatch {
  const given = fields('match', input ?? {}, MATCH_KEYS);
  if (withoutMatch !== undefined && Object.keys(given).length > 0) throw new FaultRefusal(withoutMatch);
  const match: { method?: string; path?: string; name?: string } = {};
  for (const key of MATCH_KEYS) {
    const value = given[key];
    if (value === undefined) continue;
    if (typeof value !== 'string' || value === '') {
      throw new FaultRefusal(`match.${key} must be a text that is not empty`);
    }
    match[key] = value;
  }
  if (match.method !== undefined && !METHODS.includes(match.method.toUpperCase())) {
    throw new FaultRefusal(`match.method must be one of ${METHODS.join(', ')}, not ${match.method}`);
  }
  return match;
}

/** The object's fields, refused where one is not known: a misspelt limit must not mean "no limit". */
function fields(what: string, input: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new FaultRefusal(`${what} must be an object with ${known.join(', ')}`);
  }
  for (const name of Object.keys(input)) {
    if (known.includes(name)) continue;
    throw new FaultRefusal(
      `${what}: unknown ${JSON.stringify(name)}${suggestion(name, known)}; there are: ${known.join(', ')}`,
    );
  }
  return { ...input };
}

function suggestion(typed: unknown, known: readonly string[]): string {
  const near = typeof typed === 'string' ? closestName(typed, known) : undefined;
  return near === undefined ? '' : ` (did you mean ${near}?)`;
}
