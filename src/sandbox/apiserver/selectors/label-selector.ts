import { labelKey, validLabelValue } from '../validation/names.ts';
import { type Token, type TokenKind, tokenize } from './label-lexer.ts';

export type LabelPredicate = (labels: Readonly<Record<string, string>>) => boolean;

/** A selector that cannot be read; the message says where. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

/** Reads `app=web,tier in (a, b),!legacy`: every part has to hold. Undefined or blank selects all. */
export function parseLabelSelector(text: string | undefined): LabelPredicate | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const tokens = tokenize(text);
  const parts: LabelPredicate[] = [];
  for (let rest = tokens; ; ) {
    const [first] = rest;
    if (first === undefined || first.kind === 'end') break;
    if (first.kind !== 'identifier' && first.kind !== '!') {
      throw new SelectorError(`found '${first.text}', expected: !, identifier, or 'end of string'`);
    }
    const requirement = readRequirement(rest);
    parts.push(requirement.predicate);
    const [separator, next] = requirement.rest;
    if (separator === undefined || separator.kind === 'end') break;
    if (separator.kind !== ',') {
      throw new SelectorError(`found '${separator.text}', expected: ',' or 'end of string'`);
    }
    if (next?.kind !== 'identifier' && next?.kind !== '!') {
      throw new SelectorError(`found '${next?.text ?? ''}', expected: identifier after ','`);
    }
    rest = requirement.rest.slice(1);
  }
  return (labels) => parts.every((part) => part(labels));
}

interface Requirement {
  readonly predicate: LabelPredicate;
  readonly rest: readonly Token[];
}

const unparsable = (why: string) => new SelectorError(`unable to parse requirement: ${why}`);

function readRequirement(tokens: readonly Token[]): Requirement {
  const negated = tokens[0]?.kind === '!';
  const [key, operator, ...rest] = tokens.slice(negated ? 1 : 0);
  if (key?.kind !== 'identifier') throw unparsable(`found '${key?.text ?? ''}', expected: identifier`);
  checkText('<nil>', key.text, labelKey(key.text));
  if (operator === undefined || operator.kind === 'end' || operator.kind === ',') {
    const predicate: LabelPredicate = (labels) => (labels[key.text] === undefined) === negated;
    return { predicate, rest: operator === undefined ? rest : [operator, ...rest] };
  }
  if (operator.text === 'in' || operator.text === 'notin') {
    const { values, rest: after } = readSet(rest);
    return { predicate: isIn(key.text, values, operator.text === 'in'), rest: after };
  }
  if (operator.kind === 'identifier' || !comparisons.includes(operator.kind)) {
    throw unparsable(`found '${operator.text}', expected: in, notin, =, ==, !=, gt, lt`);
  }
  const { values, rest: after } = readValue(rest);
  return { predicate: compare(key.text, operator.kind, values), rest: after };
}

const comparisons: readonly TokenKind[] = ['=', '==', '!=', '>', '<'];

interface Values {
  readonly values: readonly string[];
  readonly rest: readonly Token[];
}

function readValue(tokens: readonly Token[]): Values {
  const [first, ...rest] = tokens;
  if (first === undefined || first.kind === 'end' || first.kind === ',')
    return { values: [''], rest: tokens };
  if (first.kind !== 'identifier') throw unparsable(`found '${first.text}', expected: identifier`);
  return { values: [first.text], rest };
}

/** `(a, b)`; a place left empty stands for the empty value. */
function readSet([open, ...tokens]: readonly Token[]): Values {
  if (open?.kind !== '(') throw unparsable(`found '${open?.text ?? ''}' expected: '('`);
  const values: string[] = [];
  let empty = true;
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'identifier' && empty) values.push(token.text);
    else if (token.kind === ',' || token.kind === ')') {
      if (empty) values.push('');
      if (token.kind === ')') return { values: [...new Set(values)].sort(), rest: tokens.slice(index + 1) };
    } else {
      throw unparsable(`found '${token.text}', expected: ${empty ? "',', or identifier" : "',' or ')'"}`);
    }
    empty = token.kind === ',';
  }
  return { values, rest: [] };
}

function isIn(key: string, values: readonly string[], wanted: boolean): LabelPredicate {
  checkValues(key, values);
  return (labels) => (labels[key] !== undefined && values.includes(labels[key])) === wanted;
}

function compare(key: string, operator: TokenKind, values: readonly string[]): LabelPredicate {
  if (operator === '=' || operator === '==') return isIn(key, values, true);
  if (operator === '!=') return isIn(key, values, false);
  const [value = ''] = values;
  if (!isInteger(value)) {
    checkText('values[0]', value, ["for 'Gt', 'Lt' operators, the value must be an integer"]);
  }
  checkValues(key, values);
  return (labels) => {
    const given = labels[key];
    if (given === undefined || !isInteger(given)) return false;
    return operator === '>' ? Number(given) > Number(value) : Number(given) < Number(value);
  };
}

const isInteger = (text: string) => /^[+-]?\d+$/.test(text);

function checkValues(key: string, values: readonly string[]): void {
  for (const [index, value] of values.entries()) {
    checkText(`values[${index}][${key}]`, value, validLabelValue(value));
  }
}

function checkText(field: string, text: string, problems: readonly string[]): void {
  if (problems.length > 0)
    throw unparsable(`${field}: Invalid value: ${JSON.stringify(text)}: ${problems.join('; ')}`);
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** The text form of an object's selector, as tables and the scale subresource show it. */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([name, value]) => `${name}=${value}`);
  const expressions = (selector?.matchExpressions ?? []).map(({ key: name, operator, values = [] }) => {
    if (operator === 'Exists') return name;
    if (operator === 'DoesNotExist') return `!${name}`;
    return `${name} ${operator.toLowerCase()} (${[...values].sort().join(',')})`;
  });
  return [...labels, ...expressions].sort().join(',');
}
