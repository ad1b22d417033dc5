export type LabelPredicate = (labels: Readonly<Record<string, string>>) => boolean;

/** A selector that cannot be read; the message says where. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

const key = '(?:[A-Za-z0-9]|[A-Za-z0-9][-A-Za-z0-9_./]*[A-Za-z0-9])';
const setBased = new RegExp(String.raw`^(${key})\s+(in|notin)\s*\(([^()]*)\)$`);
const equality = new RegExp(String.raw`^(${key})\s*(==|=|!=|>|<)\s*([-A-Za-z0-9_.]*)$`);
const existence = new RegExp(String.raw`^(!?)\s*(${key})$`);

/** Reads `app=web,tier in (a, b),!legacy`: every part has to hold. Undefined or blank selects all. */
export function parseLabelSelector(text: string | undefined): LabelPredicate | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const parts = splitRequirements(text).map((part) => parseRequirement(part.trim(), text));
  return (labels) => parts.every((part) => part(labels));
}

/** At commas outside parentheses. */
function splitRequirements(text: string): string[] {
  return text.split(/,(?![^(]*\))/);
}

function parseRequirement(part: string, whole: string): LabelPredicate {
  const [, setKey, operator, list] = setBased.exec(part) ?? [];
  if (setKey !== undefined && list !== undefined) {
    const values = new Set(list.split(',').map((value) => value.trim()));
    return operator === 'in'
      ? (labels) => labels[setKey] !== undefined && values.has(labels[setKey])
      : (labels) => labels[setKey] === undefined || !values.has(labels[setKey]);
  }
  const [, name, comparison, value] = equality.exec(part) ?? [];
  if (name !== undefined && comparison !== undefined && value !== undefined) {
    return compare(name, comparison, value);
  }
  const [, not, present] = existence.exec(part) ?? [];
  if (present === undefined) {
    throw new SelectorError(`unable to parse requirement: found '${part}' in the label selector '${whole}'`);
  }
  return not === '!' ? (labels) => labels[present] === undefined : (labels) => labels[present] !== undefined;
}

function compare(name: string, comparison: string, value: string): LabelPredicate {
  switch (comparison) {
    case '!=':
      return (labels) => labels[name] !== value;
    case '>':
      return (labels) => Number(labels[name]) > Number(value);
    case '<':
      return (labels) => Number(labels[name]) < Number(value);
    default:
      return (labels) => labels[name] === value;
  }
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
