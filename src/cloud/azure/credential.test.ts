import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { after, test } from 'node:test';
import { inspect } from 'node:util';
import { systemClock } from '../../async/clock.ts';
import { createHttpsAgent } from '../https-agent.ts';
import { chooseEnvironment } from './azure-environment.ts';
import { openCredential } from './credential.ts';
import type { CredentialChoice } from './credential-choice.ts';
import { createAzureTestBed } from './testing/azure-test-bed.ts';
import { createTestAuthority } from './testing/test-authority.ts';
import { startTokenAuthority } from './testing/token-authority.ts';
import { credentialTokens } from './token-source.ts';

const bed = await createAzureTestBed();
after(() => bed[Symbol.asyncDispose]());

const forever = new AbortController().signal;
const principal: CredentialChoice = {
  type: 'service-principal',
  tenantId: 'tenant',
  clientId: 'app',
  clientSecret: 'hunter2-secret',
};

/** Azure's own credential, pointed at an authority of the test. */
async function tokensFrom(choice: CredentialChoice, authorityHost: string) {
  const environment = await chooseEnvironment({ authorityHost });
  const agent = await createHttpsAgent({}, bed.caFile);
  return credentialTokens({
    choices: [choice],
    scope: environment.scope,
    clock: systemClock,
    open: (chosen) => openCredential(chosen, { environment, agent }),
    hasMetadataService: async () => true,
  });
}

test('a service principal gets its token from the authority of the environment', async () => {
  await using authority = await startTokenAuthority(bed.authority);
  const tokens = await tokensFrom(principal, authority.origin);
  assert.equal(await tokens.get(forever), 'app-1');
  assert.equal(authority.asked[0]?.grant_type, 'client_credentials');
  assert.equal(authority.asked[0]?.client_secret, 'hunter2-secret');
  assert.match(authority.asked[0]?.scope ?? '', /https:\/\/management\.azure\.com\/\.default/);
});

test('a token that ARM refused is replaced by a really new one', async () => {
  await using authority = await startTokenAuthority(bed.authority);
  const tokens = await tokensFrom(principal, authority.origin);
  tokens.forget(await tokens.get(forever));
  assert.equal(await tokens.get(forever), 'app-2');
});

test("a workload identity shows the pod's own token", async () => {
  await using authority = await startTokenAuthority(bed.authority);
  const tokenFile = await bed.writeFile('federated-token', 'pod-token');
  const choice = { type: 'workload-identity', tenantId: 'tenant', clientId: 'wi', tokenFile } as const;
  assert.equal(await (await tokensFrom(choice, authority.origin)).get(forever), 'wi-1');
  assert.equal(authority.asked[0]?.client_assertion, 'pod-token');
});

test("a refusal names the credential, the authority's words and the remedy, and nowhere the secret", async () => {
  await using authority = await startTokenAuthority(bed.authority, 'AADSTS7000215');
  const tokens = await tokensFrom(principal, authority.origin);
  const error = await tokens.get(forever).catch((reason: unknown) => reason);
  assert.ok(error instanceof Error);
  assert.match(
    error.message,
    /^no Azure token from service principal app: .*AADSTS7000215: Invalid client secret provided\.?: check AZURE_TENANT_ID/,
  );
  assert.equal('kind' in error && error.kind, 'unauthenticated');
  assert.equal('code' in error && error.code, 'AADSTS7000215');
  assert.doesNotMatch(inspect(error, { depth: 20, showHidden: true }), /hunter2/);
});

test('an authority that cannot be trusted is no refusal', async () => {
  await using authority = await startTokenAuthority(await createTestAuthority('another'));
  const tokens = await tokensFrom(principal, authority.origin);
  await assert.rejects(tokens.get(forever), { kind: 'no-answer', message: /certificate.*\(caFile\)/ });
});

test('an authority that cannot be reached is told by its address', async () => {
  const authority = await startTokenAuthority(bed.authority);
  await authority[Symbol.asyncDispose]();
  const tokens = await tokensFrom(principal, authority.origin);
  await assert.rejects(tokens.get(forever), {
    kind: 'no-answer',
    message: /ECONNREFUSED 127\.0\.0\.1.*can be reached/,
  });
});

test('a managed identity is asked of the metadata service by its client id', async (t) => {
  const paths: string[] = [];
  const metadata = createServer((request, response) => {
    paths.push(request.url ?? '');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: 'machine', expires_in: 3600, token_type: 'Bearer' }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => metadata.once('listening', resolve));
  t.after(() => metadata.close());
  t.after(() => metadata.closeAllConnections());
  process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = `http://127.0.0.1:${(metadata.address() as AddressInfo).port}`;
  // A proxy for the internet must not see requests for the metadata service.
  process.env.HTTP_PROXY = 'http://127.0.0.1:9';
  t.after(() => {
    delete process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST;
    delete process.env.HTTP_PROXY;
  });
  const choice = { type: 'managed-identity', identity: { clientId: 'kubelet' }, onlyIfThere: false } as const;
  const tokens = await tokensFrom(choice, 'https://login.microsoftonline.com');
  assert.equal(await tokens.get(forever), 'machine');
  assert.match(paths.at(-1) ?? '', /client_id=kubelet/);
});

test('the az command line is asked as a last resort, and its absence told with what to do', async (t) => {
  const answer = JSON.stringify({
    accessToken: 'from-cli',
    expires_on: Math.floor(Date.now() / 1000) + 3600,
  });
  const az = await bed.writeFile('az', `#!/bin/sh\nprintf '%s' '${answer}'\n`);
  await chmod(az, 0o755);
  const path = process.env.PATH ?? '';
  t.after(() => {
    process.env.PATH = path;
  });
  const choice = { type: 'az-cli', tenantId: undefined } as const;
  process.env.PATH = `${dirname(az)}:/bin:/usr/bin`;
  assert.equal(
    await (await tokensFrom(choice, 'https://login.microsoftonline.com')).get(forever),
    'from-cli',
  );
  process.env.PATH = '/nonexistent';
  const tokens = await tokensFrom(choice, 'https://login.microsoftonline.com');
  await assert.rejects(tokens.get(forever), {
    kind: 'unauthenticated',
    message: /az command line: .*az login/,
  });
});
