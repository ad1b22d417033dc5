import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { chooseEnvironment } from './azure-environment.ts';
import { createAzureTestBed } from './testing/azure-test-bed.ts';

const bed = await createAzureTestBed();
after(() => bed[Symbol.asyncDispose]());

test('the public cloud is meant where nothing is said', async () => {
  assert.deepEqual(await chooseEnvironment({}), {
    name: 'AzurePublicCloud',
    armEndpoint: 'https://management.azure.com',
    authorityHost: 'https://login.microsoftonline.com',
    scope: 'https://management.azure.com/.default',
    isCustom: false,
  });
});

test('sovereign clouds are known by their names in any case', async () => {
  const us = await chooseEnvironment({ cloud: 'AZUREUSGOVERNMENTCLOUD' });
  assert.equal(us.armEndpoint, 'https://management.usgovcloudapi.net');
  assert.equal(us.authorityHost, 'https://login.microsoftonline.us');
  const china = await chooseEnvironment({ cloud: 'AzureChinaCloud' });
  assert.equal(china.scope, 'https://management.chinacloudapi.cn/.default');
});

test('an unknown cloud names the known ones', async () => {
  await assert.rejects(
    chooseEnvironment({ cloud: 'AzureGermanCloud' }),
    /"AzureGermanCloud" is not known.*AzureChinaCloud/,
  );
});

test("an environment file in Azure Stack's form is read, with a file of authorities as an addition", async () => {
  const file = await bed.writeFile(
    'stack.json',
    JSON.stringify({
      name: 'AzureStackCloud',
      managementPortalURL: 'https://portal.stack.example/',
      resourceManagerEndpoint: 'https://management.stack.example/',
      activeDirectoryEndpoint: 'https://adfs.stack.example/adfs/',
      serviceManagementEndpoint: 'https://management.adfs.stack.example/guid',
      caFile: '/etc/ca.pem',
    }),
  );
  assert.deepEqual(await chooseEnvironment({ file, cloud: 'AzurePublicCloud' }), {
    name: 'AzureStackCloud',
    armEndpoint: 'https://management.stack.example',
    authorityHost: 'https://adfs.stack.example/adfs',
    scope: 'https://management.adfs.stack.example/guid/.default',
    caFile: '/etc/ca.pem',
    isCustom: true,
  });
});

test('flags replace the endpoint, the authority and its certificates', async () => {
  const chosen = await chooseEnvironment({
    armEndpoint: 'https://127.0.0.1:8443/',
    authorityHost: 'https://127.0.0.1:8444',
    caFile: 'ca.pem',
  });
  assert.equal(chosen.armEndpoint, 'https://127.0.0.1:8443');
  assert.equal(chosen.caFile, 'ca.pem');
  assert.equal(chosen.isCustom, true);
});

test('a token is never sent in the clear', async () => {
  await assert.rejects(
    chooseEnvironment({ armEndpoint: 'http://arm' }),
    /ARM endpoint: "http:\/\/arm" must be a URL that begins with https/,
  );
  await assert.rejects(chooseEnvironment({ authorityHost: 'login' }), /authority host/);
  const file = await bed.writeFile('clear.json', '{"resourceManagerEndpoint":"http://arm"}');
  await assert.rejects(chooseEnvironment({ file }), /clear\.json: resourceManagerEndpoint/);
});

test('a file that lacks the endpoint or cannot be read is named', async () => {
  const file = await bed.writeFile('empty.json', '{}');
  await assert.rejects(
    chooseEnvironment({ file }),
    /empty\.json: field resourceManagerEndpoint must be a string/,
  );
  await assert.rejects(chooseEnvironment({ file: `${file}.not-there` }), /cannot be read/);
});
