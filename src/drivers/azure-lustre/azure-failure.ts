import { AzureError, type AzureErrorKind } from '../../cloud/azure/azure-error.ts';
import { CloudConfigError } from '../../cloud/cloud-config-error.ts';
import { CsiError, type CsiErrorCode, retryableCodes } from '../../csi/errors.ts';

/** What was being done when Azure failed. */
export interface Attempt {
  /** Starts the message, e.g. `CreateVolume error when creating AMLFS pvc-1`. */
  readonly doing: string;
  /** ARM actions the identity needs for it. */
  readonly permissions: readonly string[];
  /** A volume may exist or be under way: only a code that the orchestrator retries may leave. */
  readonly mayExist: boolean;
}

const codes: Readonly<Record<AzureErrorKind, CsiErrorCode>> = {
  'bad-request': 'invalid-argument',
  unauthenticated: 'unauthenticated',
  forbidden: 'permission-denied',
  'not-found': 'not-found',
  conflict: 'aborted',
  'quota-exceeded': 'resource-exhausted',
  throttled: 'unavailable',
  server: 'unavailable',
  'no-answer': 'unavailable',
  aborted: 'deadline-exceeded',
};

/** The one place where a failure of Azure becomes an answer; decides by the error's kind, never by its text. */
export function azureFailure(error: unknown, attempt: Attempt): CsiError {
  if (error instanceof CsiError)
    return new CsiError(safe(error.code, attempt), error.message, { cause: error });
  if (error instanceof CloudConfigError)
    return new CsiError(safe('failed-precondition', attempt), `${attempt.doing}: ${error.message}`, {
      cause: error,
    });
  if (!(error instanceof AzureError)) {
    // Its text may hold what a library put there, so only the log gets it, as the cause.
    const kind = error instanceof Error ? error.name : typeof error;
    const message = `${attempt.doing}: unexpected failure (${kind}); the controller's log says more`;
    return new CsiError(safe('internal', attempt), message, { cause: error });
  }
  const said = `${attempt.doing}: ${error.message}`;
  const [todo] = advice(error.kind, attempt);
  const message = todo === undefined ? said : `${said.replace(/\.$/, '')}. ${todo}`;
  return new CsiError(safe(codes[error.kind], attempt), message, { cause: error });
}

/** Runs one step against Azure, with its failure already in the caller's words. */
export async function withAzure<T>(attempt: Attempt, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw azureFailure(error, attempt);
  }
}

/** Failures that pass by themselves, so that following a running operation may go on. */
export function isPassing(error: unknown): boolean {
  return error instanceof AzureError && ['throttled', 'server', 'no-answer'].includes(error.kind);
}

function safe(code: CsiErrorCode, attempt: Attempt): CsiErrorCode {
  return !attempt.mayExist || retryableCodes.has(code) ? code : 'unavailable';
}

function advice(kind: AzureErrorKind, { permissions }: Attempt): readonly string[] {
  switch (kind) {
    case 'forbidden':
      return [
        `The identity Berth runs as needs ${permissions.join(', ')} there (all permissions: docs/reference/azurelustre-parameters.md)`,
      ];
    case 'unauthenticated':
      return ["Check the controller's workload identity, managed identity or service principal"];
    case 'not-found':
      return ['Check that the resource group, the virtual network and the subscription exist as named'];
    case 'quota-exceeded':
      return [
        'Raise the quota of the subscription in this region, or delete file systems that are not needed',
      ];
    case 'conflict':
      return ['Another operation is running on it; it is tried again'];
    case 'no-answer':
      return ['Whether Azure received the request is not known; the next try finds out by name'];
    case 'bad-request':
    case 'throttled':
    case 'server':
    case 'aborted':
      return [];
  }
}
