import * as z from 'zod/mini';
import { AzureError, type AzureErrorKind } from './azure-error.ts';

/** The part of ARM's error that matters (ARM RPC, "Error response content"): a code, words, and errors within. */
export interface ArmErrorBody {
  readonly code: string;
  readonly message: string;
  /** Codes of `details` and `innererror` at any depth, outermost first. */
  readonly innerCodes: readonly string[];
}

interface WireError {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly details?: readonly WireError[] | undefined;
  readonly innererror?: WireError | undefined;
}

const wireError: z.ZodMiniType<WireError> = z.object({
  code: z.optional(z.string()),
  message: z.optional(z.string()),
  get details() {
    return z.optional(z.array(wireError));
  },
  get innererror() {
    return z.optional(wireError);
  },
});

/** Some resource providers leave out the envelope. */
const envelope = z.union([z.object({ error: wireError }), wireError]);

/** Codes that say by themselves that a quota is used up. */
const quotaCodes: ReadonlySet<string> = new Set([
  'QuotaExceeded',
  'ResourceQuotaExceeded',
  'QuotaLimitExceeded',
]);

/**
 * The one place where a message decides. Microsoft.StorageCache answers a create beyond the number of file systems
 * with 409 and the code `OperationNotAllowed`, which it and ARM also use for other refusals; only these words, which
 * upstream's driver looks for too, tell the quota from them.
 */
const quotaWords = 'Operation results in exceeding quota limits of resource type AmlFilesystem';

/** Reads an error out of a response's or an operation's body; empty words where it has none. */
export function parseArmError(body: unknown): ArmErrorBody {
  const parsed = envelope.safeParse(body);
  if (!parsed.success) return { code: '', message: '', innerCodes: [] };
  const error = 'error' in parsed.data ? parsed.data.error : parsed.data;
  const within = [...errorsWithin(error)];
  return {
    code: error.code ?? '',
    message: [error, ...within]
      .map(({ message }) => message?.trim() ?? '')
      .filter((message, index, all) => message !== '' && all.indexOf(message) === index)
      .join('; '),
    innerCodes: within.flatMap(({ code }) => (code ? [code] : [])),
  };
}

function* errorsWithin(error: WireError): Generator<WireError> {
  for (const inner of [...(error.details ?? []), ...(error.innererror ? [error.innererror] : [])]) {
    yield inner;
    yield* errorsWithin(inner);
  }
}

/**
 * The typed form of a response with an error status. The message is ARM's own words; code and status stand beside it,
 * for the caller to add where they help. `action` (`GET /subscriptions/…`) stands in where ARM says nothing.
 */
export function armError(action: string, status: number, body: unknown): AzureError {
  const error = parseArmError(body);
  const page = typeof body === 'string' ? body.trim() : '';
  const message = shorten(error.message || page) || `${action} was refused without an explanation`;
  return new AzureError(kindOf(status, error), message, { code: error.code, status });
}

/** The typed form of a long-running operation that ended badly; it has a code and no status of its own. */
export function operationError(outcome: string, body: unknown): AzureError {
  const error = parseArmError(body);
  const kind = isQuota(undefined, error) ? 'quota-exceeded' : 'server';
  const message = shorten(error.message) || `Azure ended the operation as ${outcome} without an explanation`;
  return new AzureError(kind, message, { code: error.code || outcome });
}

function kindOf(status: number, error: ArmErrorBody): AzureErrorKind {
  if (isQuota(status, error)) return 'quota-exceeded';
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 409 || status === 412) return 'conflict';
  if (status === 429) return 'throttled';
  return status >= 400 && status < 500 && status !== 408 ? 'bad-request' : 'server';
}

function isQuota(status: number | undefined, error: ArmErrorBody): boolean {
  if ([error.code, ...error.innerCodes].some((code) => quotaCodes.has(code))) return true;
  return (status === undefined || status === 409) && error.message.includes(quotaWords);
}

/** A proxy's HTML page as error text would fill an event. */
function shorten(text: string): string {
  return text.length > 1000 ? `${text.slice(0, 1000)} …` : text;
}
