/** What `berth` exits with; documented in docs/reference/cli.md. */
export const exitCodes = {
  fine: 0,
  /** Findings in a manifest, or something failed. */
  failure: 1,
  wrongUsage: 2,
  /** The machine lacks something, which the message names. */
  machineLacks: 3,
} as const;

/** Ends a command with a sentence for the user instead of a stack. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly exitCode: number;
  constructor(exitCode: number, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
