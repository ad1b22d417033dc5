import { readFile } from 'node:fs/promises';
import { CloudConfigError } from '../cloud-config-error.ts';
import { AwsError } from './aws-error.ts';
import type { CredentialChoice } from './credential-choice.ts';
import type { AwsCredentials } from './credentials.ts';
import type { SendHttp } from './http-request.ts';
import { parseWireCredentials } from './wire-credentials.ts';

/** Plain HTTP is for these alone, or the token would travel in the open: ECS', EKS' agents, and this machine. */
const localHosts = /^(169\.254\.170\.2|169\.254\.170\.23|\[fd00:ec2::23\]|localhost|127(\.\d+){3}|\[::1\])$/;

/** Credentials from the agent of EKS Pod Identity or of ECS. */
export async function fetchContainerCredentials(
  choice: Extract<CredentialChoice, { type: 'container' }>,
  send: SendHttp,
  signal: AbortSignal,
): Promise<AwsCredentials> {
  const url = URL.parse(choice.url);
  if (url === null || (url.protocol !== 'https:' && !localHosts.test(url.hostname))) {
    throw new CloudConfigError(
      'AWS_CONTAINER_CREDENTIALS_FULL_URI',
      `"${choice.url}" is neither an HTTPS URL nor one of this machine`,
    );
  }
  const token = choice.tokenFile === undefined ? choice.token : await readToken(choice.tokenFile);
  const answer = await send(
    {
      method: 'GET',
      url: url.href,
      headers: { accept: 'application/json', ...(token === undefined ? {} : { authorization: token }) },
      timeoutMs: 5000,
    },
    signal,
  );
  if (answer.status === 200) return parseWireCredentials(answer.body, `the credentials agent at ${url.host}`);
  throw new AwsError(
    answer.status >= 500 || answer.status === 429 ? 'unavailable' : 'credentials',
    `the credentials agent at ${url.host} answered with status ${answer.status}; check that the pod's service account has a pod identity association`,
    { status: answer.status },
  );
}

async function readToken(path: string): Promise<string> {
  const token = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AwsError(
      'credentials',
      `the token in AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=${path} cannot be read`,
      { cause },
    );
  });
  return token.trim();
}
