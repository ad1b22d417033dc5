import type { Clock } from '../../../async/clock.ts';
import { numberParameter } from '../faults/fault.ts';
import type { Struck } from '../faults/fault-book.ts';
import { serveEc2 } from './ec2/serve-ec2.ts';
import type { EfsContext } from './efs/efs-context.ts';
import { EFS_PATH, findEfsOperation } from './efs/serve-efs.ts';
import type { FaultBook } from './faults/fault-kinds.ts';
import { createRateLimits, type RateLimits } from './faults/request-rate.ts';
import { type AwsOutcome, type AwsRequest, type AwsResponse, jsonResponse } from './http/aws-request.ts';
import { Refusal } from './http/refusal.ts';
import { authenticate } from './identity/authenticate.ts';
import type { Identities, Role } from './identity/identities.ts';
import { parseQueryRequest, queryError } from './query/query-request.ts';
import { serveSts, unsignedActions } from './sts/serve-sts.ts';

export interface AwsServices {
  readonly efs: EfsContext;
  readonly identities: Identities;
  readonly roles: readonly Role[];
  readonly faults: FaultBook;
  readonly region: string;
  readonly account: string;
  readonly clock: Clock;
}

/** What a request asks for, whichever service it is. */
interface Asked {
  /** `CreateAccessPoint` */
  readonly name: string;
  readonly struck: Struck;
  /** Whether it needs no signature. */
  readonly open: boolean;
  perform(account: string, request: AwsRequest): AwsResponse;
  refuse(refusal: Refusal): AwsResponse;
}

/** Every service at one address, told apart as AWS' own requests differ: by path, or by `Action`. */
export function serveAws(services: AwsServices): (request: AwsRequest) => Promise<AwsOutcome> {
  const limits = createRateLimits();
  return async (request) => {
    const asked = request.path.startsWith(EFS_PATH)
      ? askedOfEfs(request, services)
      : askedByQuery(request, services);
    const { faults, clock } = services;
    const slow = faults.take('slow', asked.struck);
    if (slow !== undefined) await clock.sleep(numberParameter(slow, 'milliseconds', 0));
    try {
      const account = asked.open ? services.account : principalOf(request, services).account;
      refuseByFault(asked, account, services, limits);
      const response = asked.perform(account, request);
      const changes = request.method !== 'GET';
      return changes && faults.take('lose-response', asked.struck) !== undefined ? 'lost' : response;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return asked.refuse(error);
    }
  };
}

function askedOfEfs(request: AwsRequest, { efs }: AwsServices): Asked {
  const struck = { method: request.method, path: request.path };
  const common = { struck, open: false, refuse: restError };
  try {
    const operation = findEfsOperation(request);
    return { ...common, name: operation.name, perform: (account) => operation.perform(efs, account) };
  } catch (error) {
    const perform = () => {
      throw error;
    };
    return { ...common, name: 'unknown', perform };
  }
}

function askedByQuery(request: AwsRequest, services: AwsServices): Asked {
  const query = parseQueryRequest(request);
  const name = query?.action ?? 'unknown';
  const service = name.startsWith('Describe') ? 'ec2' : 'sts';
  return {
    name,
    struck: { method: request.method, path: `/${service}/${name}` },
    open: unsignedActions.has(name),
    refuse: (refusal) => queryError(asQueryRefusal(refusal)),
    perform: (account) => {
      const { identities, region, roles, clock } = services;
      const principal = unsignedActions.has(name) ? undefined : principalOf(request, services);
      const answer =
        query &&
        (serveEc2(query, { region, account }) ??
          serveSts(query, principal, { identities, roles, now: clock.now() }));
      if (answer) return answer;
      throw new Refusal(400, 'InvalidAction', `The sandbox does not serve the action ${name}.`);
    },
  };
}

function principalOf(request: AwsRequest, { identities, region, account, clock }: AwsServices) {
  return authenticate(request, { identities, region, account, now: clock.now() });
}

function refuseByFault(
  { name, struck }: Asked,
  account: string,
  { faults, clock }: AwsServices,
  limits: RateLimits,
): void {
  if (faults.take('expired-token', struck)) {
    throw new Refusal(403, 'ExpiredTokenException', 'The security token included in the request is expired');
  }
  if (faults.take('access-denied', struck)) {
    throw new Refusal(
      403,
      'AccessDeniedException',
      `User: arn:aws:iam::${account}:user/sandbox is not authorized to perform: ${name}`,
    );
  }
  const throttle = faults.take('throttle', struck);
  const rate = faults.standing('request-rate', struck);
  const limit = rate && {
    perSecond: numberParameter(rate, 'perSecond', 20),
    burst: numberParameter(rate, 'burst', 20),
  };
  if (throttle || (limit && !limits.admit(`${account} ${name}`, limit, clock.now()))) {
    const status = throttle ? numberParameter(throttle, 'status', 400) : 400;
    throw new Refusal(status, 'ThrottlingException', 'Rate exceeded');
  }
  const failure = faults.take('server-error', struck);
  if (failure === undefined) return;
  throw new Refusal(
    numberParameter(failure, 'status', 500),
    'InternalServerError',
    'An internal error occurred. Retry your request.',
  );
}

/** REST-JSON: the code in a header and, as EFS does, in the body. */
function restError({ status, code, message, members }: Refusal): AwsResponse {
  const answer = jsonResponse(status, { ErrorCode: code, Message: message, message, ...members });
  return { ...answer, headers: { ...answer.headers, 'x-amzn-ErrorType': code } };
}

/** The query protocol has older names for what the front door refuses. */
const queryCodes: Readonly<Record<string, string>> = {
  UnrecognizedClientException: 'InvalidClientTokenId',
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  ExpiredTokenException: 'ExpiredToken',
  InvalidSignatureException: 'SignatureDoesNotMatch',
  IncompleteSignatureException: 'IncompleteSignature',
  AccessDeniedException: 'AccessDenied',
  ThrottlingException: 'Throttling',
};

function asQueryRefusal(refusal: Refusal): Refusal {
  const code = queryCodes[refusal.code] ?? refusal.code;
  return new Refusal(refusal.status, code, refusal.message, refusal.members);
}
