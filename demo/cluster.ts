/** The kubectl commands of the tutorial, whoever carries them out: kubectl itself, or the demo by the same API calls. */
export interface Cluster {
  apply(file: string): Promise<void>;
  create(file: string): Promise<void>;
  /** `kubectl get`, printed as a table. */
  get(kinds: string): Promise<void>;
  describeClaim(name: string): Promise<void>;
  /** Runs a command in the pod; one that does not end by itself is ended after `forMs`. Returns what it printed. */
  exec(pod: string, command: readonly string[], forMs?: number): Promise<string>;
  followLogs(pod: string, forMs: number): Promise<void>;
  delete(kind: string, name: string, flags?: readonly string[]): Promise<void>;
  waitReady(pod: string): Promise<void>;
  waitDeleted(kind: string, name: string): Promise<void>;
}
