import { isCertificateCode } from '../certificate-code.ts';
import { CloudConfigError } from '../cloud-config-error.ts';
import { AwsError, type AwsErrorKind } from './aws-error.ts';

const kindsByCode: Readonly<Record<string, AwsErrorKind>> = {
  AccessPointAlreadyExists: 'access-point-already-exists',
  AccessPointLimitExceeded: 'access-point-limit',
  AccessPointNotFound: 'access-point-not-found',
  FileSystemNotFound: 'file-system-not-found',
  MountTargetNotFound: 'mount-target-not-found',
  IncorrectFileSystemLifeCycleState: 'incorrect-life-cycle-state',
  IncorrectMountTargetState: 'incorrect-life-cycle-state',
  ThrottlingException: 'throttled',
  Throttling: 'throttled',
  ThrottledException: 'throttled',
  TooManyRequests: 'throttled',
  TooManyRequestsException: 'throttled',
  RequestLimitExceeded: 'throttled',
  RequestThrottled: 'throttled',
  RequestThrottledException: 'throttled',
  SlowDown: 'throttled',
  AccessDenied: 'denied',
  AccessDeniedException: 'denied',
  UnauthorizedOperation: 'denied',
  OptInRequired: 'denied',
  ExpiredToken: 'credentials',
  ExpiredTokenException: 'credentials',
  IncompleteSignature: 'credentials',
  IncompleteSignatureException: 'credentials',
  InvalidClientTokenId: 'credentials',
  InvalidSignatureException: 'credentials',
  MissingAuthenticationToken: 'credentials',
  MissingAuthenticationTokenException: 'credentials',
  SignatureDoesNotMatch: 'credentials',
  UnrecognizedClientException: 'credentials',
  RequestTimeTooSkewed: 'credentials',
  RequestExpired: 'credentials',
  CredentialsProviderError: 'credentials',
  InternalServerError: 'unavailable',
  InternalFailure: 'unavailable',
  ServiceUnavailable: 'unavailable',
  ServiceUnavailableException: 'unavailable',
  RequestTimeout: 'unavailable',
  RequestTimeoutException: 'unavailable',
  BadRequest: 'bad-request',
  ValidationException: 'bad-request',
  ValidationError: 'bad-request',
};

/**
 * The typed form of what AWS' SDK throws. `action` is the operation (`CreateAccessPoint`). The SDK's error itself goes no
 * further: it carries the request with its signature, and a refused signature's message quotes the session token.
 */
export function awsFailure(action: string, thrown: unknown, signal: AbortSignal): AwsError {
  if (thrown instanceof AwsError) return thrown;
  if (thrown instanceof CloudConfigError)
    return new AwsError('credentials', thrown.message, { cause: thrown });
  if (signal.aborted) return new AwsError('aborted', `${action} was ended by the caller`);
  const error = failureOf(thrown);
  const kind = kindOf(error);
  return new AwsError(kind, messageFor(kind, action, error), {
    code: error.code,
    status: error.status,
    accessPointId: error.accessPointId,
    cause: withoutRequest(kind, error),
  });
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly accessPointId: string | undefined;
  /** The SDK has learned AWS' time from this refusal, and signs the next request with it. */
  readonly clockCorrected: boolean;
}

/** The socket's code stands for the service's where there was no answer. */
function failureOf(thrown: unknown): Failure {
  const error: Readonly<Record<string, unknown>> =
    typeof thrown === 'object' && thrown !== null ? { ...thrown } : {};
  const metadata = (error.$metadata ?? {}) as {
    readonly httpStatusCode?: number;
    readonly requestId?: string;
    readonly clockSkewCorrected?: boolean;
  };
  const name = thrown instanceof Error ? thrown.name : '';
  const answered = metadata.httpStatusCode !== undefined;
  return {
    code: answered || name !== 'Error' ? name : typeof error.code === 'string' ? error.code : '',
    message: thrown instanceof Error ? thrown.message : String(thrown),
    status: metadata.httpStatusCode,
    requestId: metadata.requestId,
    accessPointId: typeof error.AccessPointId === 'string' ? error.AccessPointId : undefined,
    clockCorrected: metadata.clockSkewCorrected === true,
  };
}

function kindOf({ code, status, clockCorrected }: Failure): AwsErrorKind {
  if (clockCorrected) return 'unavailable';
  const known = Object.hasOwn(kindsByCode, code) ? kindsByCode[code] : undefined;
  if (known !== undefined) return known;
  if (status === undefined) return 'unavailable';
  if (status === 429) return 'throttled';
  if (status === 401 || status === 403) return 'denied';
  if (status >= 500 || status === 408) return 'unavailable';
  return status === 400 ? 'bad-request' : 'unexpected';
}

function messageFor(kind: AwsErrorKind, action: string, error: Failure): string {
  if ((kind === 'credentials' || error.clockCorrected) && error.status !== undefined) {
    return `AWS does not take the credentials (${error.code}): check that they are of this account, have not ended, and that this machine's clock is right`;
  }
  const words = error.message.trim().split('\n')[0] ?? '';
  if (error.status === undefined)
    return `${action}: no answer from AWS: ${words || error.code}: ${adviceFor(error)}`;
  return words && words !== 'UnknownError'
    ? words
    : `${action} was refused with ${error.code || `status ${error.status}`}`;
}

function adviceFor({ code }: Failure): string {
  return isCertificateCode(code)
    ? "its certificate is not trusted; if it is signed by an authority of your own, name that authority's file in AWS_CA_BUNDLE"
    : 'check that its address can be reached from here (DNS, firewall, VPC endpoint, HTTPS_PROXY)';
}

function withoutRequest(kind: AwsErrorKind, { code, message, requestId, clockCorrected }: Failure): Error {
  const words = kind === 'credentials' || clockCorrected ? code : message;
  return Object.assign(new Error(requestId === undefined ? words : `${words} (request ${requestId})`), {
    code,
  });
}
