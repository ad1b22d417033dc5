/** Where the bearer tokens for ARM come from. */
export interface TokenSource {
  /** A token that is good now. Throws AzureError, or the signal's reason. */
  get(signal: AbortSignal): Promise<string>;
  /** The service refused `token`: it is not handed out again from a cache. */
  forget(token: string): void;
}
