import { SelectorError } from './label-selector.ts';

export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

export interface SupportedFields {
  readonly fields: readonly string[];
  /** How Kubernetes refuses another one. */
  readonly refusal: (field: string) => string;
}

/** Reads `spec.nodeName=a,status.phase!=Failed`; a backslash keeps the comma, equals sign or backslash after it. */
export function parseFieldSelector(
  text: string | undefined,
  supported: SupportedFields,
): readonly FieldRequirement[] {
  if (text === undefined || text === '') return [];
  return text.split(/(?<!\\),/).flatMap((part) => (part === '' ? [] : parseRequirement(part, supported)));
}

function parseRequirement(part: string, supported: SupportedFields): FieldRequirement {
  const [, field, operator, value] = /^([^=!]*)(==|=|!=)(.*)$/s.exec(part) ?? [];
  if (field === undefined || value === undefined) {
    throw new SelectorError(`invalid selector: '${part}'; can't understand '${part}'`);
  }
  if (!supported.fields.includes(field)) throw new SelectorError(supported.refusal(field));
  return { field, operator: operator === '!=' ? '!=' : '=', value: value.replace(/\\(.)/gs, '$1') };
}

export function matchesFields(
  requirements: readonly FieldRequirement[],
  fields: Readonly<Record<string, string>>,
): boolean {
  return requirements.every(({ field, operator, value }) => (fields[field] === value) === (operator === '='));
}
