import type { Environment } from '../environment.ts';

/** Where credentials come from. A choice is made by what is set, never by trying what answers. */
export type CredentialChoice =
  | { readonly type: 'environment' }
  /** IAM roles for service accounts: a token of the pod's account, exchanged at STS. */
  | {
      readonly type: 'web-identity';
      readonly roleArn: string;
      readonly tokenFile: string;
      readonly sessionName: string;
    }
  /** EKS Pod Identity, or ECS. */
  | {
      readonly type: 'container';
      readonly url: string;
      readonly token: string | undefined;
      readonly tokenFile: string | undefined;
    }
  /** The files `~/.aws/config` and `~/.aws/credentials`, or those that the environment names. */
  | { readonly type: 'profile' }
  | { readonly type: 'instance-metadata' };

const ECS_METADATA = 'http://169.254.170.2';

/** In the order of AWS' own tools: a profile that is named, then keys, then tokens, then the machine's role. */
export function chooseCredentials(env: Environment): CredentialChoice {
  if (env.AWS_PROFILE) return { type: 'profile' };
  if (env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY) return { type: 'environment' };
  if (env.AWS_CONFIG_FILE || env.AWS_SHARED_CREDENTIALS_FILE) return { type: 'profile' };
  if (env.AWS_ROLE_ARN && env.AWS_WEB_IDENTITY_TOKEN_FILE) {
    return {
      type: 'web-identity',
      roleArn: env.AWS_ROLE_ARN,
      tokenFile: env.AWS_WEB_IDENTITY_TOKEN_FILE,
      sessionName: env.AWS_ROLE_SESSION_NAME || 'berth',
    };
  }
  const path = env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  const url = path ? `${ECS_METADATA}${path}` : env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
  if (url) {
    return {
      type: 'container',
      url,
      token: env.AWS_CONTAINER_AUTHORIZATION_TOKEN || undefined,
      tokenFile: env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE || undefined,
    };
  }
  return { type: 'instance-metadata' };
}

/** The choice in words, for messages; it holds no secret. */
export function describeChoice(choice: CredentialChoice): string {
  switch (choice.type) {
    case 'environment':
      return 'AWS_ACCESS_KEY_ID';
    case 'web-identity':
      return `role ${choice.roleArn} by the service account's token in ${choice.tokenFile}`;
    case 'container':
      return `the credentials agent at ${new URL(choice.url).host}`;
    case 'profile':
      return "AWS' configuration files";
    case 'instance-metadata':
      return "the machine's role by its instance metadata service";
  }
}
