import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AzureError } from '../../../cloud/azure/azure-error.ts';
import { tebibyte } from '../../../units/bytes.ts';
import { key, refusalOf, setUpBackend } from '../testing/backend-setup.ts';
import { createCall } from '../testing/calls.ts';
import { createRequest, tutorialWith } from '../testing/requests.ts';

const containers =
  '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers';
const request = createRequest(
  tutorialWith({
    'hsm-container': `${containers}/data`,
    'hsm-logging-container': `${containers}/log`,
    'auto-import-prefixes': '/in',
    'auto-export-prefixes': '/out',
  }),
);

describe('a file system with a blob container', () => {
  test('is ready when its automatic jobs exist', async () => {
    const { make, azure, backend } = setUpBackend();
    assert.equal((await make(request)).state, 'ready');
    assert.equal(azure.stored.get(key)?.properties.hsm?.settings?.container, `${containers}/data`);
    assert.deepEqual(
      [...azure.jobs.blobJobs],
      [
        [`${key} autoImportJobs/berth-auto-import`, { autoImportPrefixes: ['/in'] }],
        [`${key} autoExportJobs/berth-auto-export`, { autoExportPrefixes: ['/out'] }],
      ],
    );
    assert.equal((await backend.find(backend.intent(request), createCall()))?.state, 'ready');
  });

  test('is finished by the next call when the first ended between the file system and a job', async () => {
    const { make, azure, backend, settle } = setUpBackend();
    azure.jobs.failNext('beginBlobJob', new AzureError('forbidden', 'no right', { status: 403 }));
    const error = await refusalOf(make(request));
    assert.equal(error.code, 'unavailable');
    assert.match(error.message, /autoExportJobs\/write/);
    const intent = backend.intent(request);
    const found = await backend.find(intent, createCall());
    assert.equal(found?.state, 'creating');
    assert.ok(found);
    const plan = await backend.plan(intent, createCall());
    assert.equal((await settle(backend.complete(plan, found, createCall()))).state, 'ready');
    assert.equal(azure.jobs.blobJobs.size, 2);
    assert.equal(azure.calls.filter((call) => call.startsWith('beginCreate')).length, 1);
  });

  test('is refused before anything is made where the API version has no such jobs', async () => {
    const { make, azure } = setUpBackend();
    azure.jobs.tooOld = 'api-version 2024-03-01 has no autoImportJobs';
    assert.equal((await refusalOf(make(request))).code, 'failed-precondition');
    assert.equal(azure.stored.size, 0);
  });
});

test('what is rounded up is told before it is made, and max-rounding refuses it', async () => {
  const { make } = setUpBackend();
  const call = createCall();
  const small = { requiredBytes: tebibyte };
  await make(createRequest(undefined, small), call);
  assert.deepEqual(
    call.reports.filter(({ phase }) => phase === 'rounding').map(({ message }) => message),
    ['1 TiB becomes 16 TiB, which is what Azure bills: AMLFS-Durable-Premium-125 comes in steps of 16 TiB'],
  );
  const strict = setUpBackend();
  const refused = await refusalOf(strict.make(createRequest(tutorialWith({ 'max-rounding': '4' }), small)));
  assert.equal(refused.code, 'out-of-range');
  assert.match(refused.message, /max-rounding allows at most 4 times what is asked for/);
  assert.equal(strict.azure.stored.size, 0);
});
