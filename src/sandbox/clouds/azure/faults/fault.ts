/** Something the simulated cloud is told to do wrong. */
export interface Fault {
  readonly id: string;
  readonly kind: FaultKind;
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

interface FaultParameter {
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
}

const times = (fallback?: number): FaultParameter => ({
  description: 'how often it strikes',
  values: { type: 'integer', minimum: 1, maximum: 1_000_000 },
  ...(fallback === undefined ? {} : { default: fallback }),
});
const rate: FaultParameter = {
  description: 'strikes this share of the requests, until it is cleared',
  values: { type: 'number', minimum: 0, maximum: 1 },
};
const integer = (description: string, minimum: number, maximum: number): FaultParameter => ({
  description,
  values: { type: 'integer', minimum, maximum },
});

export const faultKinds = {
  throttle: {
    description: 'answers 429 TooManyRequests with Retry-After',
    parameters: {
      times: times(1),
      rate,
      retryAfterSeconds: { ...integer('seconds in Retry-After', 0, 3600), default: 1 },
    },
  },
  'server-error': {
    description: 'answers with an error of the server; nothing is done',
    parameters: {
      times: times(1),
      rate,
      status: {
        description: 'HTTP status',
        values: { type: 'choice', choices: [500, 502, 503, 504] },
        default: 503,
      },
    },
  },
  'lro-failure': {
    description: 'lets the next operation be accepted and fail later',
    parameters: {
      times: times(1),
      operation: {
        description: 'kind of operation',
        values: { type: 'choice', choices: ['create', 'update', 'delete', 'expand'] },
        default: 'create',
      },
      code: {
        description: 'error.code of the failed operation',
        values: { type: 'word', pattern: /^[A-Za-z][A-Za-z0-9]{0,79}$/, example: 'CreateTimeout' },
        default: 'InternalExecutionError',
      },
      atPercent: { ...integer('share of its usual time after which it fails', 0, 100), default: 100 },
    },
  },
  'lose-response': {
    description: 'does what a changing request asks, then resets the connection instead of answering',
    parameters: { times: times(1), rate },
  },
  'expire-token': {
    description:
      'answers 401 ExpiredAuthenticationToken; with lifetimeSeconds, tokens issued from now on expire',
    parameters: {
      times: times(1),
      rate,
      lifetimeSeconds: integer('lifetime of the tokens issued, instead of refusing requests', 1, 86_400),
    },
  },
  'quota-exceeded': {
    description: 'refuses new file systems: all at once, or with limit, those above it',
    parameters: { limit: integer('file systems the subscription may have', 0, 100_000) },
  },
  'subnet-full': {
    description: 'lets subnets be full but for some addresses',
    parameters: {
      subnet: {
        description: 'name of the subnet; default all',
        values: { type: 'word', pattern: /^[A-Za-z0-9][\w.-]{0,79}$/, example: 'my-subnet' },
      },
      free: { ...integer('addresses left', 0, 65_536), default: 0 },
    },
  },
  slow: {
    description: 'waits before every answer',
    parameters: {
      milliseconds: { ...integer('wait, in real time', 1, 3_600_000), default: 2000 },
      times: times(),
    },
  },
} as const satisfies Record<string, FaultKindInfo>;

export type FaultKind = keyof typeof faultKinds;

/** One kind's parameters, whatever they are. */
export function faultKindInfo(kind: FaultKind): FaultKindInfo {
  return faultKinds[kind];
}

export function isFaultKind(kind: string): kind is FaultKind {
  return Object.hasOwn(faultKinds, kind);
}

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
