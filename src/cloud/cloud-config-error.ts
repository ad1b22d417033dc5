/**
 * A setting that leads to a cloud and cannot be used: a flag, an environment variable, or a file and the field in it.
 * `source` names it the way the user wrote it. The message never quotes a file's content, which may hold secrets.
 */
export class CloudConfigError extends Error {
  override readonly name = 'CloudConfigError';
  readonly source: string;
  constructor(source: string, message: string, options?: { readonly cause?: unknown }) {
    super(`${source}: ${message}`, options);
    this.source = source;
  }
}
