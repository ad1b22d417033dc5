/**
 * Requests that belong together, sent one after the other to each server. `{{ns}}` in any text of theirs is the
 * scenario's namespace (made before, in both), also the prefix of what it names cluster-wide; `{{step:metadata.uid}}` is
 * what that server's answer to an earlier step holds at that path.
 */
export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

export interface Step {
  /** Unique in the scenario. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
  readonly path: string;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the administrator's token. */
  readonly as?: 'nobody' | 'stranger';
  /** A stream: its first so many lines are the answer; `during` is sent once it is open. */
  readonly watch?: { readonly lines: number; readonly during?: readonly Step[] };
  /** Sent again until the status is this one: what a server does in the background is awaited so. */
  readonly until?: number;
  readonly compare?: Comparison;
}

/** What of an answer counts beyond the default: status, type, warnings and the whole body without managed fields. */
export interface Comparison {
  readonly managedFields?: boolean;
  /** Named entries that only Kubernetes has are left out: discovery of a subset. */
  readonly subset?: boolean;
  /** Only the status counts: the body is a text for people. */
  readonly statusOnly?: boolean;
}

type More = Omit<Step, 'name' | 'method' | 'path' | 'body'>;

export const get = (name: string, path: string, more: More = {}): Step => ({
  name,
  method: 'GET',
  path,
  ...more,
});

export const post = (name: string, path: string, body: unknown, more: More = {}): Step => ({
  name,
  method: 'POST',
  path,
  body,
  ...more,
});

export const put = (name: string, path: string, body: unknown, more: More = {}): Step => ({
  name,
  method: 'PUT',
  path,
  body,
  ...more,
});

export const del = (name: string, path: string, body?: unknown, more: More = {}): Step => ({
  name,
  method: 'DELETE',
  path,
  body,
  ...more,
});

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

export const patch = (
  name: string,
  type: keyof typeof patchTypes,
  path: string,
  body: unknown,
  more: More = {},
): Step => ({
  name,
  method: 'PATCH',
  path,
  body,
  ...more,
  headers: { 'Content-Type': patchTypes[type], ...more.headers },
});

/** Opens a watch and reads `lines` of it. */
export const watch = (name: string, path: string, lines: number, during: readonly Step[] = []): Step => ({
  name,
  method: 'GET',
  path,
  watch: { lines, during },
});

export interface Answer {
  readonly status: number;
  /** Media type with its parameters. */
  readonly type: string;
  readonly warnings: readonly string[];
  /** Parsed where it is JSON; of a stream, an array of its lines. */
  readonly body: unknown;
}

/** Answers of one server to a scenario, by step. */
export type Answers = ReadonlyMap<string, Answer>;
