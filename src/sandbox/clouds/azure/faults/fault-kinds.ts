import { type Fault as AnyFault, type FaultKinds, integer, rate, times } from '../../faults/fault.ts';
import type { FaultBook as AnyFaultBook } from '../../faults/fault-book.ts';
import { loseResponse, serverError, slow } from '../../faults/server-faults.ts';

/** `expand` is the making of an expansion job, `expansion` the growing that follows; `blob-job` that of a job on blobs. */
const operations = [
  'create',
  'update',
  'delete',
  'expand',
  'expansion',
  'rebalance',
  'blob-job',
  'import',
] as const;

const operation = {
  description: 'kind of operation',
  values: { type: 'choice', choices: operations },
  default: 'create',
} as const;

const filesystemName = {
  description: 'name of the file system; default all',
  values: { type: 'word', pattern: /^[A-Za-z0-9][\w-]{0,79}$/, example: 'my-filesystem' },
} as const;

export const faultKinds = {
  throttle: {
    description: 'answers 429 TooManyRequests with Retry-After',
    parameters: {
      times: times(1),
      rate,
      retryAfterSeconds: { ...integer('seconds in Retry-After', 0, 3600), default: 1 },
    },
  },
  'server-error': serverError(503),
  'lro-failure': {
    description: 'lets the next operation be accepted and fail later',
    parameters: {
      times: times(1),
      operation,
      code: {
        description: 'error.code of the failed operation',
        values: { type: 'word', pattern: /^[A-Za-z][A-Za-z0-9]{0,79}$/, example: 'CreateTimeout' },
        default: 'InternalExecutionError',
      },
      atPercent: { ...integer('share of its usual time after which it fails', 0, 100), default: 100 },
    },
  },
  'lro-slow': {
    description: 'lets the next operation take longer',
    parameters: {
      times: times(1),
      operation,
      factor: { ...integer('how many times longer', 2, 1000), default: 10 },
    },
  },
  'lose-response': loseResponse,
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
    withoutMatch: 'subnet-full holds for subnets, not for requests: it takes subnet instead of match',
    parameters: {
      subnet: {
        description: 'name of the subnet; default all',
        values: { type: 'word', pattern: /^[A-Za-z0-9][\w.-]{0,79}$/, example: 'my-subnet' },
      },
      free: { ...integer('addresses left', 0, 65_536), default: 0 },
    },
  },
  unhealthy: {
    description: 'shows file systems in another state of health',
    withoutMatch: 'unhealthy holds for file systems, not for requests: it takes filesystem instead of match',
    parameters: {
      filesystem: filesystemName,
      state: {
        description: 'health.state',
        values: { type: 'choice', choices: ['Degraded', 'Unavailable', 'Maintenance', 'Transitioning'] },
        default: 'Degraded',
      },
    },
  },
  'mgs-moved': {
    description: 'shows file systems with another MGS address',
    withoutMatch: 'mgs-moved holds for file systems, not for requests: it takes filesystem instead of match',
    parameters: {
      filesystem: filesystemName,
      address: {
        description: 'the address shown',
        values: { type: 'word', pattern: /^\d{1,3}(\.\d{1,3}){3}$/, example: '10.0.0.99' },
        default: '10.0.0.99',
      },
    },
  },
  slow,
} as const satisfies FaultKinds;

export type FaultKind = keyof typeof faultKinds;
export type Fault = AnyFault<FaultKind>;
export type FaultBook = AnyFaultBook<FaultKind>;
