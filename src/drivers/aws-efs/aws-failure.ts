import { AwsError, type AwsErrorKind } from '../../cloud/aws/aws-error.ts';
import { CloudConfigError } from '../../cloud/cloud-config-error.ts';
import { CsiError, type CsiErrorCode, retryableCodes } from '../../csi/errors.ts';

/** What was being done when AWS failed. */
export interface Attempt {
  /** Upstream's text, e.g. `Failed to create Access point in File System fs-1`. */
  readonly doing: string;
  /** IAM actions the identity needs for it. */
  readonly actions: readonly string[];
  /** A volume may exist or be under way: only a code that the orchestrator retries may leave. */
  readonly mayExist?: boolean;
}

const codes: Readonly<Record<AwsErrorKind, CsiErrorCode>> = {
  'access-point-already-exists': 'aborted',
  'access-point-limit': 'resource-exhausted',
  'access-point-not-found': 'not-found',
  'file-system-not-found': 'invalid-argument',
  'mount-target-not-found': 'failed-precondition',
  'incorrect-life-cycle-state': 'unavailable',
  'bad-request': 'invalid-argument',
  throttled: 'unavailable',
  denied: 'unauthenticated',
  credentials: 'unauthenticated',
  unavailable: 'unavailable',
  aborted: 'deadline-exceeded',
  unexpected: 'internal',
};

/** The one place where a failure of AWS becomes an answer; decides by the error's kind, never by its text. */
export function awsFailure(error: unknown, attempt: Attempt): CsiError {
  const leaving = (code: CsiErrorCode) =>
    attempt.mayExist && !retryableCodes.has(code) ? 'unavailable' : code;
  if (error instanceof CsiError) return new CsiError(leaving(error.code), error.message, { cause: error });
  if (error instanceof CloudConfigError)
    return new CsiError(leaving('failed-precondition'), `${attempt.doing}: ${error.message}`, {
      cause: error,
    });
  if (!(error instanceof AwsError)) {
    // Its text may hold what a library put there, so only the log gets it, as the cause.
    const kind = error instanceof Error ? error.name : typeof error;
    const message = `${attempt.doing}: unexpected failure (${kind}); the controller's log says more`;
    return new CsiError(leaving('internal'), message, { cause: error });
  }
  return new CsiError(leaving(codes[error.kind]), sentence(error, attempt), { cause: error });
}

/** Runs one step against AWS, with its failure already in the caller's words. */
export async function withAws<T>(attempt: Attempt, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw awsFailure(error, attempt);
  }
}

function sentence({ kind, message }: AwsError, { doing, actions }: Attempt): string {
  switch (kind) {
    case 'denied':
      return `Access Denied. Please ensure you have the right AWS permissions: ${message} (${doing}); it takes ${actions.join(', ')}, see docs/reference/efs-parameters.md`;
    case 'credentials':
      return `Unable to initialize aws cloud: ${message} (${doing}). Please verify role has the correct AWS permissions for cross account mount, or check the controller's own credentials`;
    case 'file-system-not-found':
      return `File System does not exist: ${message} (${doing}); check fileSystemId, the region and the account`;
    case 'access-point-limit':
      return `${doing}: ${message}; name another file system behind it in fileSystemId, or delete volumes`;
    case 'incorrect-life-cycle-state':
      return `${doing}: ${message}; wait until the file system is available`;
    case 'unavailable':
      return `${doing}: ${message}; whether it took effect is found out by the next try`;
    default:
      return `${doing}: ${message}`;
  }
}
