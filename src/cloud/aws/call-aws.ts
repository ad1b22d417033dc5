import type { Clock } from '../../async/clock.ts';
import { withDeadline } from '../../async/deadline.ts';
import type { Log } from '../../telemetry/log.ts';
import type { ApiMetrics } from './api-metrics.ts';
import { AwsError } from './aws-error.ts';
import { awsFailure } from './aws-failure.ts';
import type { AwsCall } from './efs-client.ts';
import { retryDelay } from './retry-delay.ts';
import { createSendRate, type SendRate } from './send-rate.ts';

export interface CallAwsOptions {
  readonly metrics: ApiMetrics;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly log: Log;
}

/** Sends until it succeeds or a failure stands; rejects with AwsError. `send` makes one attempt. */
export type CallAws = <Answer>(
  action: string,
  call: AwsCall,
  send: (signal: AbortSignal) => Promise<Answer>,
) => Promise<Answer>;

/** Calls of one service with one identity: AWS throttles each operation of an account by itself, so each has its own rate. */
export function createCallAws(options: CallAwsOptions): CallAws {
  const { clock, log, random } = options;
  const rates = new Map<string, SendRate>();
  const rateOf = (action: string) => {
    const rate = rates.get(action) ?? createSendRate(clock);
    rates.set(action, rate);
    return rate;
  };

  return async (action, call, send) => {
    const scope = withDeadline(clock, call.signal, call.deadline, () => new Error('deadline'));
    const { signal } = scope;
    const rate = rateOf(action);
    let last: AwsError | undefined;
    try {
      for (let attempt = 1; ; attempt++) {
        await pause(rate.reserve(), action, { call, signal, clock, last });
        const outcome = await attemptOnce(action, send, { ...options, signal, rate });
        if ('answer' in outcome) return outcome.answer;
        last = outcome.error;
        const delay = retryDelay(last, attempt, random);
        if (delay === undefined) throw last;
        log.warn(
          { action, code: last.code, status: last.status, attempt, delayMs: Math.round(delay) },
          'AWS is asked again',
        );
        await pause(delay, action, { call, signal, clock, last });
      }
    } finally {
      scope.dispose();
    }
  };
}

async function attemptOnce<Answer>(
  action: string,
  send: (signal: AbortSignal) => Promise<Answer>,
  {
    clock,
    log,
    metrics,
    rate,
    signal,
  }: CallAwsOptions & { readonly rate: SendRate; readonly signal: AbortSignal },
): Promise<{ readonly answer: Answer } | { readonly error: AwsError }> {
  const started = clock.now();
  const seconds = () => (clock.now() - started) / 1000;
  try {
    const answer = await send(signal);
    metrics.answered(action, seconds());
    rate.succeeded();
    return { answer };
  } catch (thrown) {
    const error = awsFailure(action, thrown, signal);
    metrics.failed(action, seconds(), error);
    if (error.kind === 'throttled') rate.throttled(started);
    log.debug(
      { action, code: error.code, status: error.status, seconds: seconds() },
      'AWS refused or did not answer',
    );
    return { error };
  }
}

interface Waiting {
  readonly call: AwsCall;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly last: AwsError | undefined;
}

/** Waits, unless the wait would end after the deadline: then the caller is told at once what stands in the way. */
async function pause(
  milliseconds: number,
  action: string,
  { call, signal, clock, last }: Waiting,
): Promise<void> {
  if (signal.aborted) throw awsFailure(action, signal.reason, signal);
  if (milliseconds <= 0) return;
  if (call.deadline !== undefined && clock.now() + milliseconds >= call.deadline) {
    throw (
      last ?? new AwsError('throttled', `${action} waits its turn: AWS throttles this account's requests`)
    );
  }
  await clock.sleep(milliseconds, signal).catch(() => {
    throw new AwsError('aborted', `${action} was ended by the caller while waiting to be repeated`, {
      cause: last,
    });
  });
}
