/**
 * A setting of the AWS side that cannot be used. `source` names the environment variable or file the way the user wrote
 * it. The message never quotes a file's content, which may hold secrets.
 */
export class AwsConfigError extends Error {
  override readonly name = 'AwsConfigError';
  readonly source: string;
  constructor(source: string, message: string, options?: { readonly cause?: unknown }) {
    super(`${source}: ${message}`, options);
    this.source = source;
  }
}
