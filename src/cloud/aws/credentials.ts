/** Keys of an identity in AWS, as SigV4 takes them. Never to be logged. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary keys; part of what is signed. */
  readonly sessionToken?: string;
  /** When they end, in milliseconds since the epoch; absent where they do not. */
  readonly expiration?: number;
}

/**
 * Current credentials: from memory while they last, else fetched again, once for all who ask at a time. Throws AwsError
 * of kind `credentials`, `unavailable` or `aborted`.
 */
export type AwsCredentialSource = (signal: AbortSignal) => Promise<AwsCredentials>;
