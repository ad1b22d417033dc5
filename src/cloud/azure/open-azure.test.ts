import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { silentLog } from '../../telemetry/log.ts';
import { CloudConfigError } from '../cloud-config-error.ts';
import { openAzure } from './open-azure.ts';
import { createAzureTestBed } from './testing/azure-test-bed.ts';
import { createEagerClock } from './testing/eager-clock.ts';
import { startScriptedServer } from './testing/scripted-server.ts';
import { startTokenAuthority } from './testing/token-authority.ts';

const bed = await createAzureTestBed();
after(() => bed[Symbol.asyncDispose]());

const forever = new AbortController().signal;
const surroundings = {
  userAgent: 'berth/test',
  env: {},
  clock: createEagerClock(),
  random: () => 0,
  log: silentLog,
};
const azureJson = await bed.writeFile(
  'azure.json',
  JSON.stringify({
    subscriptionId: 'from-file',
    location: 'eastus',
    tenantId: 'tenant',
    aadClientId: 'app',
    aadClientSecret: 's',
  }),
);

test('flags go before azure.json, field by field', async () => {
  const { config } = await openAzure({
    ...surroundings,
    azureJson,
    subscriptionId: 'from-flag',
    vnetName: 'vnet',
  });
  assert.deepEqual(config, { subscriptionId: 'from-flag', location: 'eastus', vnetName: 'vnet' });
});

test('an empty flag is no flag', async () => {
  const { config } = await openAzure({
    ...surroundings,
    azureJson,
    subscriptionId: '',
    resourceGroup: undefined,
  });
  assert.deepEqual(config, { subscriptionId: 'from-file', location: 'eastus' });
});

test('without any configuration Azure is open, and refuses only when it is used', async () => {
  const { config, filesystems } = await openAzure({ ...surroundings, tokenFile: '/nonexistent' });
  assert.deepEqual(config, {});
  await assert.rejects(filesystems.list(forever), { kind: 'bad-request', message: /no Azure subscription/ });
});

test('a file that was named and is not there, or is no certificate, stops the start', async () => {
  await assert.rejects(openAzure({ ...surroundings, azureJson: '/nonexistent.json' }), CloudConfigError);
  await assert.rejects(
    openAzure({ ...surroundings, azureJson, caFile: azureJson }),
    /holds no certificate in PEM form/,
  );
  await assert.rejects(
    openAzure({ ...surroundings, azureJson, caFile: '/nonexistent.pem' }),
    /cannot be read/,
  );
});

test("an endpoint, an authority and a token file by flag are enough to talk to an Azure of one's own", async () => {
  await using arm = await startScriptedServer([{ status: 200, body: { value: [] } }], bed);
  const { filesystems } = await openAzure({
    ...surroundings,
    armEndpoint: arm.origin,
    caFile: bed.caFile,
    tokenFile: await bed.writeFile('token', 'from-a-file'),
    subscriptionId: 'sub',
    apiVersion: '2024-03-01',
  });
  assert.deepEqual(await filesystems.list(forever), []);
  const [request] = arm.requests;
  assert.equal(request?.headers.authorization, 'Bearer from-a-file');
  assert.equal(
    request?.path,
    '/subscriptions/sub/providers/Microsoft.StorageCache/amlFilesystems?api-version=2024-03-01',
  );
});

test("azure.json's service principal and an environment file lead to a token and with it to ARM", async () => {
  await using authority = await startTokenAuthority(bed.authority);
  await using arm = await startScriptedServer([{ status: 200, body: { value: [] } }], bed);
  const environmentFile = await bed.writeFile(
    'environment.json',
    JSON.stringify({
      resourceManagerEndpoint: arm.origin,
      activeDirectoryEndpoint: authority.origin,
      tokenAudience: 'https://audience.example/',
      caFile: bed.caFile,
    }),
  );
  const { filesystems } = await openAzure({ ...surroundings, azureJson, environmentFile });
  assert.equal(authority.asked.length + arm.requests.length, 0);
  await filesystems.list(forever);
  assert.equal(arm.requests[0]?.headers.authorization, 'Bearer app-1');
  assert.match(authority.asked[0]?.scope ?? '', /^https:\/\/audience\.example\/\.default/);
});
