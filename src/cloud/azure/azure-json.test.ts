import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { CloudConfigError } from '../cloud-config-error.ts';
import { parseAzureJson, readAzureJson } from './azure-json.ts';
import { createAzureTestBed } from './testing/azure-test-bed.ts';

const bed = await createAzureTestBed();
after(() => bed[Symbol.asyncDispose]());

/** As AKS writes it for a cluster with a managed identity, shortened. */
const aks = {
  cloud: 'AzurePublicCloud',
  tenantId: 'tenant',
  subscriptionId: 'sub',
  aadClientId: 'msi',
  aadClientSecret: 'msi',
  resourceGroup: 'MC_rg_cluster_eastus',
  location: 'eastus',
  vmType: 'vmss',
  subnetName: 'aks-subnet',
  vnetName: 'aks-vnet',
  vnetResourceGroup: '',
  cloudProviderBackoff: true,
  useManagedIdentityExtension: true,
  userAssignedIdentityID: 'kubelet-identity',
};

test('what AKS writes becomes defaults and a hint at the identity; empty fields are absent', () => {
  assert.deepEqual(parseAzureJson(JSON.stringify(aks), 'azure.json'), {
    path: 'azure.json',
    config: {
      subscriptionId: 'sub',
      resourceGroup: 'MC_rg_cluster_eastus',
      location: 'eastus',
      subnetName: 'aks-subnet',
      vnetName: 'aks-vnet',
    },
    hints: {
      tenantId: 'tenant',
      aadClientId: 'msi',
      aadClientSecret: 'msi',
      useManagedIdentityExtension: true,
      userAssignedIdentityID: 'kubelet-identity',
    },
    cloud: 'AzurePublicCloud',
  });
});

test('keys are read without regard to case, as Go reads them', () => {
  const { config } = parseAzureJson(
    '{"SubscriptionID":"s","networkResourceSubscriptionId":"n"}',
    'azure.json',
  );
  assert.deepEqual(config, { subscriptionId: 's', networkSubscriptionId: 'n' });
});

test('a field of the wrong type is named with its file', () => {
  assert.throws(() => parseAzureJson('{"subscriptionId": 7}', '/etc/azure.json'), {
    name: 'CloudConfigError',
    message: '/etc/azure.json: field subscriptionId must be a string',
  });
  assert.throws(() => parseAzureJson('{"useManagedIdentityExtension":"yes"}', 'f'), /must be a boolean/);
});

test('a broken file is refused with the place and without its content', () => {
  const broken = '{\n  "aadClientSecret": "hunter2"\n  "tenantId": ""\n}';
  assert.throws(
    () => parseAzureJson(broken, 'azure.json'),
    (error: unknown) => {
      assert.ok(error instanceof CloudConfigError);
      assert.match(error.message, /^azure\.json: is not valid JSON \(line 3 column 3\)$/);
      assert.equal(error.cause, undefined);
      return true;
    },
  );
  assert.throws(() => parseAzureJson('[]', 'azure.json'), /must hold a JSON object/);
});

test('any text is either read or refused as a setting that cannot be used', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (content) => {
      try {
        parseAzureJson(content, 'azure.json');
      } catch (error) {
        assert.ok(error instanceof CloudConfigError);
      }
    }),
  );
});

test('the file may be named by flag or by either variable, and must then be there', async () => {
  const path = await bed.writeFile('azure.json', '{"location":"eastus"}');
  for (const [flag, env] of [
    [path, {}],
    [undefined, { AZURE_CONFIG_FILE: path }],
    [undefined, { AZURE_CREDENTIAL_FILE: path }],
  ] as const) {
    assert.equal((await readAzureJson(flag, env))?.config.location, 'eastus');
  }
  await assert.rejects(readAzureJson(`${path}.not-there`, {}), /no cloud config provided, error/);
});
