import * as z from 'zod/mini';
import { AwsError } from './aws-error.ts';
import type { AwsCredentials } from './credentials.ts';

const wire = z.object({
  AccessKeyId: z.string(),
  SecretAccessKey: z.string(),
  Token: z.optional(z.string()),
  Expiration: z.optional(z.string()),
});

/** Reads what metadata services and credentials agents answer. `from` names them; the content is never quoted. */
export function parseWireCredentials(body: string, from: string): AwsCredentials {
  const parsed = wire.safeParse(jsonOf(body));
  if (!parsed.success) {
    throw new AwsError('credentials', `${from} gave something other than credentials`);
  }
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = parsed.data;
  return awsCredentials({
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: Token,
    expiration: Expiration === undefined ? undefined : Date.parse(Expiration),
  });
}

/** Leaves out what is undefined. `expiration` in milliseconds since the epoch. */
export function awsCredentials(
  fields: Pick<AwsCredentials, 'accessKeyId' | 'secretAccessKey'> & {
    readonly sessionToken: string | undefined;
    readonly expiration: number | undefined;
  },
): AwsCredentials {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = fields;
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(expiration === undefined || Number.isNaN(expiration) ? {} : { expiration }),
  };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
