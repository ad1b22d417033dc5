import type { AccessToken } from '@azure/core-auth';
import type { Clock } from '../../async/clock.ts';
import { AzureError } from './azure-error.ts';
import type { AskForToken } from './credential.ts';
import type { CredentialChoice } from './credential-choice.ts';
import { credentialFailure } from './credential-failure.ts';
import { unlessAborted } from './unless-aborted.ts';

/** Where the bearer tokens for ARM come from. */
export interface TokenSource {
  /** A token that is good now. Throws AzureError, or the signal's reason. */
  get(signal: AbortSignal): Promise<string>;
  /** The service refused `token`: it is not handed out again from a cache. */
  forget(token: string): void;
}

export interface CredentialTokensOptions {
  /** In order; the first that gives a token stays. */
  readonly choices: readonly CredentialChoice[];
  readonly scope: string;
  readonly clock: Clock;
  open(choice: CredentialChoice): Promise<AskForToken>;
  /** Whether the machine has a metadata service to ask for its identity. */
  hasMetadataService(signal: AbortSignal): Promise<boolean>;
}

/** A token is replaced this long before it ends: longer than any single request to ARM takes. */
const renewalMarginMs = 5 * 60_000;
/** The authority's answer is shared by callers with deadlines of their own. */
const longestWaitMs = 60_000;

/** Tokens from the first credential that gives one, kept until shortly before they end. */
export function credentialTokens(options: CredentialTokensOptions): TokenSource {
  let current: { readonly token: string; readonly renewAt: number; readonly endsAt: number } | undefined;
  let pending: Promise<string> | undefined;

  async function fetch(): Promise<string> {
    const before = current;
    try {
      const { token, expiresOnTimestamp, refreshAfterTimestamp } = await firstToken(options);
      const renewAt = refreshAfterTimestamp ?? expiresOnTimestamp - renewalMarginMs;
      current = { token, renewAt, endsAt: expiresOnTimestamp };
      return token;
    } catch (error) {
      // An authority that is away for a while matters only when the token has really ended.
      if (before !== undefined && before === current && options.clock.now() < before.endsAt)
        return before.token;
      throw error;
    }
  }

  return {
    async get(signal) {
      signal.throwIfAborted();
      if (current !== undefined && options.clock.now() < current.renewAt) return current.token;
      pending ??= fetch().finally(() => {
        pending = undefined;
      });
      return unlessAborted(pending, signal);
    },
    forget(token) {
      // Azure's credentials cache too, so each fetch opens a new one. (Managed identities share one cache in the
      // process and one in the metadata service; neither can be asked to drop a token.)
      if (current?.token === token) current = undefined;
    },
  };
}

async function firstToken(options: CredentialTokensOptions): Promise<AccessToken> {
  const failures: AzureError[] = [];
  for (const choice of options.choices) {
    try {
      return await tokenFrom(choice, options);
    } catch (error) {
      failures.push(credentialFailure(choice, error));
    }
  }
  const [first] = failures;
  if (first !== undefined && failures.length === 1) throw first;
  const told = failures.map(({ message }) => message).join('; ');
  throw new AzureError('unauthenticated', told, { cause: new AggregateError(failures) });
}

async function tokenFrom(choice: CredentialChoice, options: CredentialTokensOptions): Promise<AccessToken> {
  const signal = AbortSignal.timeout(longestWaitMs);
  if (
    choice.type === 'managed-identity' &&
    choice.onlyIfThere &&
    !(await options.hasMetadataService(signal))
  ) {
    throw new Error('no instance metadata service answers on this machine');
  }
  const ask = await options.open(choice);
  const token = await unlessAborted(ask(options.scope, signal), signal);
  if (token === null) throw new Error('it gave no token');
  return token;
}
