/** Something the simulated cloud is told to do wrong. */
export interface Fault<Kind extends string = string> {
  readonly id: string;
  readonly kind: Kind;
  readonly parameters: Readonly<Record<string, FaultValue>>;
  readonly match: FaultMatch;
  /** How often it still strikes; absent: until it is cleared. */
  readonly remaining?: number;
}

export type FaultValue = string | number;

/** Which requests a fault strikes; what is absent matches everything. `*` stands for any text, case does not count. */
export interface FaultMatch {
  readonly method?: string;
  /** Anywhere in the path. */
  readonly path?: string;
  /** The last segment of the path, i.e. the resource's name. */
  readonly name?: string;
}

export interface FaultParameter {
  readonly description: string;
  readonly values: FaultValues;
  readonly default?: FaultValue;
}

type FaultValues =
  | { readonly type: 'integer' | 'number'; readonly minimum: number; readonly maximum: number }
  | { readonly type: 'word'; readonly pattern: RegExp; readonly example: string }
  | { readonly type: 'choice'; readonly choices: readonly FaultValue[] };

export interface FaultKindInfo {
  readonly description: string;
  readonly parameters: Readonly<Record<string, FaultParameter>>;
  /** Why a match makes no sense for it, where it strikes something other than requests. */
  readonly withoutMatch?: string;
}

/** The kinds a cloud knows, by name. */
export type FaultKinds<Kind extends string = string> = Readonly<Record<Kind, FaultKindInfo>>;

/** `fallback`: the default; without one it strikes until it is cleared. */
export const times = (fallback?: number): FaultParameter => ({
  description: 'how often it strikes',
  values: { type: 'integer', minimum: 1, maximum: 1_000_000 },
  ...(fallback === undefined ? {} : { default: fallback }),
});
export const rate: FaultParameter = {
  description: 'strikes this share of the requests, until it is cleared',
  values: { type: 'number', minimum: 0, maximum: 1 },
};
export const integer = (description: string, minimum: number, maximum: number): FaultParameter => ({
  description,
  values: { type: 'integer', minimum, maximum },
});

/** What a person may give for a parameter, in words. */
export function allowedValues(values: FaultValues): string {
  switch (values.type) {
    case 'choice':
      return values.choices.join(', ');
    case 'word':
      return `a name such as ${values.example}`;
    default:
      return `${values.type === 'integer' ? 'a whole number' : 'a number'} from ${values.minimum} to ${values.maximum}`;
  }
}

export function numberParameter(fault: Fault, name: string, fallback: number): number {
  const value = fault.parameters[name];
  return typeof value === 'number' ? value : fallback;
}

export function textParameter(fault: Fault, name: string, fallback: string): string {
  const value = fault.parameters[name];
  return value === undefined ? fallback : String(value);
}
