import { readFile } from 'node:fs/promises';
import { AwsError } from './aws-error.ts';
import type { CredentialChoice } from './credential-choice.ts';
import type { AwsCredentials } from './credentials.ts';
import type { SendHttp } from './http-request.ts';
import { awsCredentials } from './wire-credentials.ts';

/**
 * Exchanges a service account's token for a role's credentials (STS AssumeRoleWithWebIdentity). The call needs no
 * signature, so the node gets by without AWS' SDK. The kubelet renews the file; it is read each time.
 */
export async function fetchWebIdentity(
  choice: Extract<CredentialChoice, { type: 'web-identity' }>,
  endpoint: string,
  send: SendHttp,
  signal: AbortSignal,
): Promise<AwsCredentials> {
  const token = await readFile(choice.tokenFile, 'utf8').catch((cause: unknown) => {
    throw new AwsError(
      'credentials',
      `the service account's token in AWS_WEB_IDENTITY_TOKEN_FILE=${choice.tokenFile} cannot be read`,
      { cause },
    );
  });
  const body = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: choice.roleArn,
    RoleSessionName: choice.sessionName,
    WebIdentityToken: token.trim(),
  }).toString();
  const answer = await send(
    {
      method: 'POST',
      url: `${endpoint}/`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
      timeoutMs: 10_000,
    },
    signal,
  );
  if (answer.status !== 200) throw refusal(answer, choice.roleArn);
  return awsCredentials({
    accessKeyId: required(answer.body, 'AccessKeyId'),
    secretAccessKey: required(answer.body, 'SecretAccessKey'),
    sessionToken: required(answer.body, 'SessionToken'),
    expiration: Date.parse(required(answer.body, 'Expiration')),
  });
}

function refusal(
  { status, body }: { readonly status: number; readonly body: string },
  roleArn: string,
): AwsError {
  const code = xmlText(body, 'Code') ?? '';
  const words = xmlText(body, 'Message') ?? `status ${status}`;
  const kind = status >= 500 || status === 429 ? 'unavailable' : 'credentials';
  return new AwsError(kind, `STS does not give credentials of ${roleArn}: ${words}`, { code, status });
}

function required(xml: string, element: string): string {
  const value = xmlText(xml, element);
  if (value === undefined) {
    throw new AwsError('credentials', `STS answered AssumeRoleWithWebIdentity without ${element}`);
  }
  return value;
}

/** The text of the first element of this name; STS' answers have no attributes and no CDATA. */
function xmlText(xml: string, element: string): string | undefined {
  const found = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];
  return found?.replace(/&(lt|gt|quot|apos|amp);/g, (_entity, name: string) => entities[name] ?? '');
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
