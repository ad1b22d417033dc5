import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseCredentials, describeChoice } from './credential-choice.ts';

const keys = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'secret' };
const irsa = { AWS_ROLE_ARN: 'arn:aws:iam::1:role/efs', AWS_WEB_IDENTITY_TOKEN_FILE: '/token' };
const podIdentity = {
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/pod-token',
};

for (const [what, env, type] of [
  ['a named profile', { AWS_PROFILE: 'p', ...keys }, 'profile'],
  ['keys', { ...keys, ...irsa }, 'environment'],
  ['half a key and a role for the service account', { AWS_ACCESS_KEY_ID: 'x', ...irsa }, 'web-identity'],
  ['a credentials file', { AWS_CONFIG_FILE: '/creds', ...irsa }, 'profile'],
  ['a role for the service account', { ...irsa, ...podIdentity }, 'web-identity'],
  ['a pod identity', podIdentity, 'container'],
  ['nothing', {}, 'instance-metadata'],
] as const) {
  test(`${what}: credentials come from ${type}`, () => {
    assert.equal(chooseCredentials(env).type, type);
  });
}

test('a choice in words names where to look and holds no secret', () => {
  assert.match(describeChoice(chooseCredentials(irsa)), /arn:aws:iam::1:role\/efs.*\/token/);
  assert.match(describeChoice(chooseCredentials(podIdentity)), /169\.254\.170\.23/);
  assert.doesNotMatch(describeChoice(chooseCredentials(keys)), /secret/);
});

test('the relative address of ECS is below its own metadata service', () => {
  const choice = chooseCredentials({ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/x' });
  assert.equal(choice.type === 'container' && choice.url, 'http://169.254.170.2/v2/x');
});
