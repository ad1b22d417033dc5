import { type Fault as AnyFault, type FaultKinds, integer, rate, times } from '../../faults/fault.ts';
import type { FaultBook as AnyFaultBook } from '../../faults/fault-book.ts';
import { loseResponse, serverError, slow } from '../../faults/server-faults.ts';

/** Requests to STS and EC2, which have one path for all, are matched by `/sts/AssumeRole`, `/ec2/DescribeSubnets` and so on. */
export const faultKinds = {
  throttle: {
    description: 'answers ThrottlingException, Rate exceeded',
    parameters: {
      times: times(1),
      rate,
      status: {
        description: 'HTTP status',
        values: { type: 'choice', choices: [400, 429] },
        default: 400,
      },
    },
  },
  'request-rate': {
    description: 'throttles what comes faster, each operation of an account by itself',
    parameters: {
      perSecond: { ...integer('requests per second', 1, 100_000), default: 20 },
      burst: { ...integer('requests at once after a pause', 1, 100_000), default: 20 },
    },
  },
  'server-error': serverError(500),
  'lose-response': loseResponse,
  'access-denied': {
    description: 'answers AccessDeniedException',
    parameters: { times: times(), rate },
  },
  'expired-token': {
    description: 'answers ExpiredTokenException',
    parameters: { times: times(1), rate },
  },
  'creation-error': {
    description: 'lets the next access point, file system or mount target end in the state error',
    parameters: { times: times(1) },
  },
  'access-point-limit': {
    description: 'refuses access points above a number per file system',
    parameters: { limit: { ...integer('access points a file system may have', 0, 100_000), default: 0 } },
  },
  'eventual-consistency': {
    description: 'lets lists show new access points, file systems and mount targets only after a while',
    parameters: { milliseconds: { ...integer('delay, in real time', 1, 3_600_000), default: 2000 } },
  },
  slow,
} as const satisfies FaultKinds;

export type FaultKind = keyof typeof faultKinds;
export type Fault = AnyFault<FaultKind>;
export type FaultBook = AnyFaultBook<FaultKind>;
