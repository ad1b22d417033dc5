import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { AwsError } from './aws-error.ts';
import type { AwsRole } from './aws-role.ts';
import type { CallAws } from './call-aws.ts';
import type { AwsCredentials } from './credentials.ts';
import { awsCredentials } from './wire-credentials.ts';

/** Credentials of a role by STS AssumeRole, for an hour. */
export async function assumeRole(
  sts: STSClient,
  callAws: CallAws,
  role: AwsRole,
  signal: AbortSignal,
): Promise<AwsCredentials> {
  const { Credentials } = await callAws('AssumeRole', { signal }, (abortSignal) =>
    sts.send(
      new AssumeRoleCommand({
        RoleArn: role.arn,
        RoleSessionName: 'berth',
        ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
      }),
      { abortSignal },
    ),
  ).catch((error: unknown) => {
    if (!(error instanceof AwsError) || error.kind !== 'denied') throw error;
    throw new AwsError(
      'denied',
      `${error.message}; check that the role trusts this identity${role.externalId === undefined ? '' : ' and this external id'}`,
      { code: error.code, status: error.status, cause: error },
    );
  });
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken, Expiration } = Credentials ?? {};
  if (AccessKeyId === '' || SecretAccessKey === '') {
    throw new AwsError('credentials', `STS gave no credentials of ${role.arn}`);
  }
  return awsCredentials({
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration?.getTime(),
  });
}
