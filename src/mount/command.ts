/** One program to run: never through a shell, always bounded in time. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Added to the program's environment; never holds a secret that a helper would print. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How a command ended. `timedOut` also stands when the signal ended it; the process group has been killed by then. */
export interface CommandResult {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** Settles when the killed process is really gone (a helper stuck in the kernel may outlive its kill). */
  readonly gone: Promise<void>;
}

/** The seam between Berth and every external program. Tests pass one that records its commands. */
export type RunCommand = (command: Command) => Promise<CommandResult>;
