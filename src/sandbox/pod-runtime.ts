import type { Readable, Writable } from 'node:stream';

/** What the API server asks of the kubelet stand-in for `kubectl logs` and `kubectl exec`. */
export interface PodRuntime {
  logs(request: LogsRequest): Promise<Readable>;
  exec(request: ExecRequest): Promise<ExecSession>;
}

/** What a real API server can ask of it besides, as of a kubelet. */
export interface NodeRuntime extends PodRuntime {
  /** kubelet's `/stats/summary`. */
  stats(): object;
}

export interface LogsRequest {
  readonly namespace: string;
  readonly pod: string;
  /** Undefined: the pod's only container, or an error that lists them. */
  readonly container: string | undefined;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
  /** RFC 3339; lines before it are left out. */
  readonly sinceTime: string | undefined;
  readonly signal: AbortSignal;
}

export interface ExecRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string | undefined;
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** A running command. With a tty there is no separate standard error. */
export interface ExecSession {
  readonly stdin: Writable | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable | undefined;
  /** Terminal size in characters; a no-op without a tty. */
  resize(columns: number, rows: number): void;
  /** Settles when the command has ended. */
  readonly exitCode: Promise<number>;
  kill(): void;
}

/** A request the runtime cannot serve; `status` is the HTTP status the API server answers with. */
export class PodRuntimeError extends Error {
  override readonly name = 'PodRuntimeError';
  readonly status: 400 | 403 | 404 | 409 | 500;
  constructor(status: 400 | 403 | 404 | 409 | 500, message: string) {
    super(message);
    this.status = status;
  }
}
