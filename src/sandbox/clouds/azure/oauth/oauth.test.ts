import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientSecretCredential } from '@azure/identity';
import { systemClock } from '../../../../async/clock.ts';
import { filesystems } from '../testing/filesystem-requests.ts';
import { startTestCloud, type TestCloud } from '../testing/start-test-cloud.ts';

const SCOPE = 'https://management.azure.com/.default';

function credential({ cloud, ca }: TestCloud): ClientSecretCredential {
  return new ClientSecretCredential(cloud.tenantId, 'client', 'secret', {
    authorityHost: cloud.url,
    disableInstanceDiscovery: true,
    tlsOptions: { ca },
  });
}

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

test('@azure/identity gets a token here that ARM takes', async (t) => {
  const cloud = await startTestCloud(t, { clock: systemClock });
  const { token, expiresOnTimestamp } = await credential(cloud).getToken(SCOPE);
  assert.ok(expiresOnTimestamp > Date.now() + 50 * 60_000);
  assert.equal((await cloud.call('GET', filesystems, bearer(token))).status, 200);
});

test('a token with a short life is refused when it is over', async (t) => {
  const cloud = await startTestCloud(t);
  cloud.cloud.faults.set({ kind: 'expire-token', parameters: { lifetimeSeconds: 60 } });
  const { token } = await credential(cloud).getToken(SCOPE);
  assert.equal((await cloud.call('GET', filesystems, bearer(token))).status, 200);
  await cloud.clock.advance(60_000);
  const refused = await cloud.call('GET', filesystems, bearer(token));
  assert.deepEqual([refused.status, refused.at('error.code')], [401, 'ExpiredAuthenticationToken']);
  const renewed = (await credential(cloud).getToken(SCOPE)).token;
  assert.equal((await cloud.call('GET', filesystems, bearer(renewed))).status, 200);
});

test('tokens that are not the sandbox’s own are taken, whatever they say of their end', async (t) => {
  const { call } = await startTestCloud(t);
  const part = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url');
  for (const token of ['x', 'a.b.c', `${part({})}.${part({ iss: 'other', exp: 1 })}.x`]) {
    assert.equal((await call('GET', filesystems, bearer(token))).status, 200, token);
  }
});

test('a token request that lacks something is refused in Entra’s form', async (t) => {
  const { call, cloud } = await startTestCloud(t);
  const ask = (form: Readonly<Record<string, string>>) =>
    call('POST', `/${cloud.tenantId}/oauth2/v2.0/token`, {
      body: new URLSearchParams(form).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  const whole = { grant_type: 'client_credentials', client_id: 'c', scope: SCOPE, client_secret: 's' };
  assert.equal((await ask(whole)).at('token_type'), 'Bearer');
  const { client_secret: _, ...secretless } = whole;
  assert.equal((await ask({ ...secretless, client_assertion: 'jwt' })).status, 200);
  const withoutSecret = await ask(secretless);
  assert.deepEqual([withoutSecret.status, withoutSecret.at('error')], [401, 'invalid_client']);
  assert.match(String(withoutSecret.at('error_description')), /^AADSTS7000218: /);
  assert.equal((await ask({ ...whole, grant_type: 'password' })).at('error'), 'unsupported_grant_type');
  assert.equal((await ask({ ...whole, client_id: '' })).at('error'), 'invalid_request');
  assert.equal((await call('GET', `/${cloud.tenantId}/oauth2/v2.0/token`)).status, 405);
});

test('discovery points back to this server', async (t) => {
  const { call, cloud } = await startTestCloud(t);
  const configuration = await call('GET', `/${cloud.tenantId}/v2.0/.well-known/openid-configuration`);
  assert.equal(configuration.at('token_endpoint'), `${cloud.url}/${cloud.tenantId}/oauth2/v2.0/token`);
  const instance = await call('GET', '/common/discovery/instance');
  assert.equal(instance.at('metadata.0.preferred_network'), new URL(cloud.url).host);
  assert.equal((await call('GET', '/metadata/endpoints')).at('authentication.loginEndpoint'), cloud.url);
});
