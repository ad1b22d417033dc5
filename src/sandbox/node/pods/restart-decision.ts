import type { ContainerState } from '../container/container-state.ts';

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

export type RestartDecision =
  | { readonly type: 'start'; readonly attempt: number }
  | { readonly type: 'wait'; readonly milliseconds: number }
  | { readonly type: 'running' }
  /** It has ended and stays so. */
  | { readonly type: 'ended'; readonly ok: boolean };

const FIRST_BACKOFF_MS = 10_000;
const LAST_BACKOFF_MS = 300_000;

/** What is to be done with a container now. The first restart is at once, later ones wait 10 s, 20 s … up to 5 minutes. */
export function decideRestart(
  state: ContainerState | undefined,
  policy: RestartPolicy,
  now: number,
): RestartDecision {
  if (state === undefined) return { type: 'start', attempt: 0 };
  if (state.phase !== 'exited') return { type: 'running' };
  const ok = state.exitCode === 0;
  if (policy === 'Never' || (policy === 'OnFailure' && ok)) return { type: 'ended', ok };
  const waits =
    state.attempt === 0 ? 0 : Math.min(FIRST_BACKOFF_MS * 2 ** (state.attempt - 1), LAST_BACKOFF_MS);
  const left = Date.parse(state.finishedAt ?? '') + waits - now;
  return left > 0 ? { type: 'wait', milliseconds: left } : { type: 'start', attempt: state.attempt + 1 };
}
