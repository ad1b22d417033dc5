import type { AwsRole } from '../../cloud/aws/aws-role.ts';
import type { Refusal } from '../refusal.ts';
import { parseBool } from './parse-bool.ts';

/** A file system of another account, reached by a role whose name comes in a Secret. */
export interface CrossAccount {
  readonly role: AwsRole;
  /** The nodes find the mount target by a DNS name of a private zone, so that no address is written into the volume. */
  readonly byDns: boolean;
}

const roleArn = /^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/;

/** Reads upstream's keys `awsRoleArn`, `externalId` and `crossaccount`; a secret without a role concerns nobody here. */
export function readCrossAccount(
  secrets: Readonly<Record<string, string>>,
  refusals: Refusal[],
): CrossAccount | undefined {
  const { awsRoleArn: arn = '', externalId, crossaccount = 'false' } = secrets;
  // Values of a Secret stay out of every message.
  const refuse = (message: string, fix: string) =>
    refusals.push({
      code: 'invalid-argument',
      field: 'parameters.csi.storage.k8s.io/provisioner-secret-name',
      message,
      fix,
    });
  const byDns = parseBool(crossaccount);
  if (byDns === undefined)
    refuse('crossaccount parameter must have boolean value.', '"true" or "false", quoted');
  if (arn === '') return undefined;
  if (!roleArn.test(arn))
    refuse('awsRoleArn in the secret is not the ARN of a role', 'arn:aws:iam::<account>:role/<name>');
  return { role: { arn, externalId: externalId || undefined }, byDns: byDns ?? false };
}
