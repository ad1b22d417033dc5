/** What reached the simulated EFS. */
export interface CallCounts {
  /** By method and resource: `GET access-points`. Throttled ones count. */
  readonly calls: Readonly<Record<string, number>>;
  readonly throttled: number;
}

export const noCalls: CallCounts = { calls: {}, throttled: 0 };

/** One more; `error` is the answer's `x-amzn-ErrorType`. Health checks and the like, outside of EFS' paths, are not counted. */
export function countCall(
  counts: CallCounts,
  { method, url, error }: { readonly method: string; readonly url: string; readonly error: string },
): CallCounts {
  const resource = /^\/2015-02-01\/([a-z-]+)/.exec(url)?.[1];
  if (resource === undefined) return counts;
  const name = `${method} ${resource}`;
  return {
    calls: { ...counts.calls, [name]: (counts.calls[name] ?? 0) + 1 },
    throttled: counts.throttled + (error === 'ThrottlingException' ? 1 : 0),
  };
}

export function allCalls({ calls }: CallCounts): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}
