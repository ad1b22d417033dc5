import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseCredentials } from './credential-choice.ts';

const workload = {
  AZURE_FEDERATED_TOKEN_FILE: '/token',
  AZURE_CLIENT_ID: 'client',
  AZURE_TENANT_ID: 'tenant',
};
const kubelet = {
  tenantId: 'tenant',
  aadClientId: 'msi',
  aadClientSecret: 'msi',
  useManagedIdentityExtension: true,
  userAssignedIdentityID: 'kubelet',
};
const principal = { tenantId: 'tenant', aadClientId: 'app', aadClientSecret: 'secret' };
const types = (...args: Parameters<typeof chooseCredentials>) =>
  chooseCredentials(...args).map(({ type }) => type);

test('a workload identity goes before all else and is then the only one', () => {
  assert.deepEqual(chooseCredentials(kubelet, { ...workload, AZURE_CLIENT_SECRET: 'secret' }), [
    { type: 'workload-identity', tenantId: 'tenant', clientId: 'client', tokenFile: '/token' },
  ]);
});

test('a service principal comes from the environment, else from azure.json', () => {
  assert.deepEqual(chooseCredentials(principal, {}), [
    { type: 'service-principal', tenantId: 'tenant', clientId: 'app', clientSecret: 'secret' },
  ]);
  const env = { AZURE_CLIENT_ID: 'other', AZURE_CLIENT_SECRET: 's2', AZURE_TENANT_ID: 't2' };
  assert.deepEqual(chooseCredentials(principal, env), [
    { type: 'service-principal', tenantId: 't2', clientId: 'other', clientSecret: 's2' },
  ]);
});

test("AKS' placeholder is no service principal: the kubelet's identity is used", () => {
  assert.deepEqual(chooseCredentials(kubelet, {}), [
    { type: 'managed-identity', identity: { clientId: 'kubelet' }, onlyIfThere: false },
  ]);
});

test("AZURE_CLIENT_ID wins over the kubelet's identity, and a resource id is told from a client id", () => {
  assert.deepEqual(chooseCredentials(kubelet, { AZURE_CLIENT_ID: 'mine' }), [
    { type: 'managed-identity', identity: { clientId: 'mine' }, onlyIfThere: false },
  ]);
  const resourceId =
    '/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i';
  const [choice] = chooseCredentials({ ...kubelet, userAssignedIdentityID: resourceId }, {});
  assert.deepEqual(choice?.type === 'managed-identity' && choice.identity, { resourceId });
});

test('a cluster whose machines have their own identity uses that one', () => {
  const [choice] = chooseCredentials({ useManagedIdentityExtension: true }, {});
  assert.deepEqual(choice, { type: 'managed-identity', identity: undefined, onlyIfThere: false });
});

test('where nothing is set up, the machine is asked and then the az command line', () => {
  assert.deepEqual(chooseCredentials({}, {}), [
    { type: 'managed-identity', identity: undefined, onlyIfThere: true },
    { type: 'az-cli', tenantId: undefined },
  ]);
});

test('AZURE_TOKEN_CREDENTIALS narrows the choice', () => {
  const only = (AZURE_TOKEN_CREDENTIALS: string) => ({ ...workload, AZURE_TOKEN_CREDENTIALS });
  assert.deepEqual(types(kubelet, only('ManagedIdentityCredential')), ['managed-identity']);
  assert.deepEqual(types(kubelet, only('workloadidentitycredential')), ['workload-identity']);
  assert.deepEqual(types(principal, only('EnvironmentCredential')), ['service-principal']);
  assert.deepEqual(types(kubelet, only('AzureCliCredential')), ['az-cli']);
  assert.deepEqual(types(kubelet, only('dev')), ['az-cli']);
  assert.deepEqual(types({}, { AZURE_TOKEN_CREDENTIALS: 'prod' }), ['managed-identity']);
  assert.throws(
    () => chooseCredentials({}, only('VisualStudioCodeCredential')),
    /AZURE_TOKEN_CREDENTIALS: "VisualStudioCodeCredential" is not supported/,
  );
});

test('what a credential lacks is named, not worked around', () => {
  assert.throws(
    () => chooseCredentials({}, { AZURE_FEDERATED_TOKEN_FILE: '/token' }),
    /AZURE_TENANT_ID.*workload identity/,
  );
  assert.throws(
    () =>
      chooseCredentials(
        {},
        { AZURE_TOKEN_CREDENTIALS: 'WorkloadIdentityCredential', AZURE_TENANT_ID: 't', AZURE_CLIENT_ID: 'c' },
      ),
    /azure\.workload\.identity\/use/,
  );
  assert.throws(
    () => chooseCredentials({ tenantId: 't' }, { AZURE_CLIENT_SECRET: 's' }),
    /AZURE_CLIENT_ID \(or aadClientId/,
  );
});
