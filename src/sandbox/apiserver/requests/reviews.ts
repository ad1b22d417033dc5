import { parseBody } from '../http/parse-body.ts';
import { decodeObject } from '../schema/codec.ts';
import { type ServerState, timestamp } from '../server-state.ts';
import type { Answer, ApiRequest } from './api-request.ts';

/** A kind that is only ever created, answered at once and not stored. */
export interface Review {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  readonly status: (spec: Record<string, unknown>, request: ApiRequest, state: ServerState) => object;
}

/** Whoever holds a token may do everything: RBAC objects are stored, not enforced. */
const allowed = () => ({ allowed: true, reason: 'the sandbox lets every holder of a token do everything' });

const everything = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  incomplete: false,
};

const userInfo = (username: string) => ({ username, groups: ['system:masters', 'system:authenticated'] });

const authorization = 'authorization.k8s.io';
const authentication = 'authentication.k8s.io';

export const reviews: readonly Review[] = [
  {
    group: authorization,
    plural: 'selfsubjectaccessreviews',
    kind: 'SelfSubjectAccessReview',
    status: allowed,
  },
  { group: authorization, plural: 'subjectaccessreviews', kind: 'SubjectAccessReview', status: allowed },
  {
    group: authorization,
    plural: 'selfsubjectrulesreviews',
    kind: 'SelfSubjectRulesReview',
    status: () => everything,
  },
  {
    group: authentication,
    plural: 'selfsubjectreviews',
    kind: 'SelfSubjectReview',
    status: (_spec, { user }) => ({ userInfo: userInfo(user) }),
  },
  {
    group: authentication,
    plural: 'tokenreviews',
    kind: 'TokenReview',
    status: ({ token }, _request, { tokens }) => {
      const user = tokens.get(String(token));
      if (user === undefined) return { error: 'invalid bearer token', user: {} };
      return { authenticated: true, user: userInfo(user) };
    },
  },
];

export function findReview(path: string): Review | undefined {
  return reviews.find(({ group, plural }) => path === `/apis/${group}/v1/${plural}`);
}

export function answerReview(state: ServerState, review: Review, request: ApiRequest): Answer {
  const definition = { ...review, type: `V1${review.kind}`, custom: undefined, storedAs: '' };
  const { object } = decodeObject(definition, 'v1', parseBody(request));
  const spec = (object.spec ?? {}) as Record<string, unknown>;
  const { token: _token, ...shown } = spec;
  const metadata = { ...object.metadata, creationTimestamp: timestamp(state.clock.now()) };
  const answer = {
    ...object,
    ...(review.plural === 'selfsubjectreviews' ? { metadata } : { spec: shown }),
    status: review.status(spec, request, state),
  };
  return { code: 201, json: JSON.stringify(answer) };
}
