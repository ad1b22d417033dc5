import type { AwsResponse } from '../http/aws-request.ts';
import { Refusal } from '../http/refusal.ts';
import type { Identities, IssuedKey, Principal, Role } from '../identity/identities.ts';
import { type QueryRequest, queryResponse } from '../query/query-request.ts';
import type { Xml } from '../query/xml.ts';
import { readWebIdentity } from './web-identity-token.ts';

export interface StsContext {
  readonly identities: Identities;
  /** Those that ask for an external id; any other role may be assumed by anybody. */
  readonly roles: readonly Role[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** Actions that need no signature: a token of another kind is their proof. */
export const unsignedActions: ReadonlySet<string> = new Set(['AssumeRoleWithWebIdentity']);

/** Undefined for an action that STS does not have. `principal` is who signed. Throws Refusal. */
export function serveSts(
  { action, fields }: QueryRequest,
  principal: Principal | undefined,
  context: StsContext,
): AwsResponse | undefined {
  switch (action) {
    case 'GetCallerIdentity':
      return queryResponse(action, NAMESPACE, callerIdentity(principal));
    case 'AssumeRole':
      return queryResponse(action, NAMESPACE, assumeRole(fields, principal, context));
    case 'AssumeRoleWithWebIdentity':
      return queryResponse(action, NAMESPACE, assumeRoleWithWebIdentity(fields, context));
    default:
      return undefined;
  }
}

function callerIdentity(principal: Principal | undefined): Xml {
  return {
    Arn: principal?.arn ?? '',
    UserId: principal?.userId ?? '',
    Account: principal?.account ?? '',
  };
}

function assumeRole(fields: URLSearchParams, principal: Principal | undefined, context: StsContext): Xml {
  const session = readSession(fields);
  const role = context.roles.find(({ arn }) => arn === session.roleArn);
  if (role !== undefined && role.externalId !== fields.get('ExternalId')) {
    throw new Refusal(
      403,
      'AccessDenied',
      `User: ${principal?.arn} is not authorized to perform: sts:AssumeRole on resource: ${session.roleArn}`,
    );
  }
  return assumed(context.identities.issue(session, context.now));
}

function assumeRoleWithWebIdentity(fields: URLSearchParams, context: StsContext): Xml {
  const session = readSession(fields);
  const token = readWebIdentity(fields.get('WebIdentityToken') ?? '', context.now);
  const key = context.identities.issue(session, context.now);
  return {
    SubjectFromWebIdentityToken: token.subject,
    Audience: token.audience,
    Provider: token.issuer,
    ...assumed(key),
  };
}

function assumed({ accessKeyId, secretAccessKey, sessionToken, expiration, principal }: IssuedKey) {
  return {
    AssumedRoleUser: { AssumedRoleId: principal.userId, Arn: principal.arn },
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: new Date(expiration).toISOString(),
    },
  };
}

function readSession(fields: URLSearchParams) {
  const roleArn = fields.get('RoleArn') ?? '';
  const [, account, path] = /^arn:aws[a-z-]*:iam::(\d{12}):role\/([\w+=,.@/-]{1,512})$/.exec(roleArn) ?? [];
  if (account === undefined || path === undefined) {
    throw invalid('roleArn', roleArn, 'it must be the ARN of a role');
  }
  const sessionName = fields.get('RoleSessionName') ?? '';
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
    throw invalid('roleSessionName', sessionName, 'it must have 2 to 64 characters of [\\w+=,.@-]');
  }
  const lifetimeSeconds = Number(fields.get('DurationSeconds') ?? 3600);
  if (!(lifetimeSeconds >= 900 && lifetimeSeconds <= 43_200)) {
    throw invalid('durationSeconds', String(lifetimeSeconds), 'it must be from 900 to 43200');
  }
  return { roleArn, account, roleName: path.split('/').at(-1) ?? path, sessionName, lifetimeSeconds };
}

function invalid(name: string, value: string, why: string): Refusal {
  return new Refusal(
    400,
    'ValidationError',
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: ${why}`,
  );
}
