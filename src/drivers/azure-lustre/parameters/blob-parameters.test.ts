import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readIntent } from '../intent.ts';
import { createRequest, tutorialWith } from '../testing/requests.ts';

const account = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a';
const containers = `${account}/blobServices/default/containers`;
const linked = { 'hsm-container': `${containers}/data`, 'hsm-logging-container': `${containers}/log` };
const identities =
  '/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i';
const key = {
  'encryption-key-url': 'https://v.vault.azure.net/keys/k/1',
  'encryption-key-vault': '/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v',
};

function read(parameters: Record<string, string>) {
  const { intent, refusals } = readIntent(createRequest(tutorialWith(parameters)));
  assert.ok(intent.kind === 'dynamic');
  return {
    intent,
    fields: refusals.map(({ field }) => field),
    fixes: refusals.map(({ fix }) => fix),
    messages: refusals.map(({ message }) => message),
  };
}

describe('parameters of what the service offers', () => {
  test('a container, prefixes and both automatic jobs', () => {
    const { intent, fields } = read({
      ...linked,
      'hsm-import-prefixes': '/a, /b',
      'auto-import-prefixes': '/',
      'auto-import-conflict-resolution-mode': 'OverwriteIfDirty',
      'auto-import-enable-deletions': 'true',
      'auto-import-maximum-errors': '-1',
      'auto-export-prefixes': '/out',
    });
    assert.deepEqual(fields, []);
    assert.deepEqual(intent.blob, {
      settings: {
        container: `${containers}/data`,
        loggingContainer: `${containers}/log`,
        importPrefixesInitial: ['/a', '/b'],
      },
      jobs: [
        {
          kind: 'autoImportJobs',
          name: 'berth-auto-import',
          properties: {
            autoImportPrefixes: ['/'],
            conflictResolutionMode: 'OverwriteIfDirty',
            enableDeletions: true,
            maximumErrors: -1,
          },
        },
        {
          kind: 'autoExportJobs',
          name: 'berth-auto-export',
          properties: { autoExportPrefixes: ['/out'] },
        },
      ],
    });
  });

  test('root squash, a key of one’s own, sizes', () => {
    const { intent, fields } = read({
      'root-squash-mode': 'RootOnly',
      'root-squash-nosquash-nids': '10.0.2.4@tcp;10.0.2.[6-8]@tcp',
      'root-squash-uid': '1000',
      'root-squash-gid': '4294967295',
      ...key,
      identities,
      'max-rounding': '2',
      'large-cluster': 'true',
      'run-rebalance-job': 'false',
    });
    assert.deepEqual(fields, []);
    assert.deepEqual(intent.rootSquash, {
      mode: 'RootOnly',
      noSquashNidLists: '10.0.2.4@tcp;10.0.2.[6-8]@tcp',
      squashUID: 1000,
      squashGID: 4294967295,
    });
    assert.equal(intent.encryptionKey?.keyUrl, key['encryption-key-url']);
    assert.deepEqual(intent.settings, {
      subDir: '',
      maxRounding: '2',
      largeCluster: 'true',
      rebalance: false,
    });
  });

  const wrong: readonly (readonly [string, Record<string, string>])[] = [
    ['hsm-container', { ...linked, 'hsm-container': 'data' }],
    ['hsm-logging-container', { 'hsm-container': linked['hsm-container'] }],
    ['hsm-logging-container', { ...linked, 'hsm-logging-container': linked['hsm-container'] }],
    [
      'hsm-logging-container',
      { ...linked, 'hsm-logging-container': `${account}2/blobServices/default/containers/l` },
    ],
    ['hsm-import-prefixes', { ...linked, 'hsm-import-prefixes': 'a' }],
    ['hsm-import-prefixes', { 'hsm-import-prefixes': '/a' }],
    ['auto-import-prefixes', { 'auto-import-prefixes': '/' }],
    ['auto-import-enable-deletions', { ...linked, 'auto-import-enable-deletions': 'true' }],
    [
      'auto-import-enable-deletions',
      { ...linked, 'auto-import-prefixes': '/', 'auto-import-enable-deletions': 'yes' },
    ],
    [
      'auto-import-conflict-resolution-mode',
      { ...linked, 'auto-import-prefixes': '/', 'auto-import-conflict-resolution-mode': 'skip' },
    ],
    [
      'auto-import-maximum-errors',
      { ...linked, 'auto-import-prefixes': '/', 'auto-import-maximum-errors': '-2' },
    ],
    ['auto-export-prefixes', { ...linked, 'auto-export-prefixes': '/a,/b' }],
    ['root-squash-mode', { 'root-squash-mode': 'root' }],
    ['root-squash-uid', { 'root-squash-uid': '1' }],
    ['root-squash-uid', { 'root-squash-mode': 'All', 'root-squash-uid': '0' }],
    ['root-squash-gid', { 'root-squash-mode': 'All', 'root-squash-gid': '4294967296' }],
    ['root-squash-nosquash-nids', { 'root-squash-mode': 'All', 'root-squash-nosquash-nids': '10.0.0.4' }],
    ['encryption-key-url', { ...key, identities, 'encryption-key-url': 'https://v.vault.azure.net/keys/k' }],
    ['encryption-key-vault', { 'encryption-key-url': key['encryption-key-url'], identities }],
    ['identities', key],
    ['max-rounding', { 'max-rounding': '0.5' }],
    ['large-cluster', { 'large-cluster': 'yes' }],
    ['run-rebalance-job', { 'run-rebalance-job': 'no' }],
  ];
  for (const [field, parameters] of wrong)
    test(`${JSON.stringify(parameters)} is refused at ${field}, with what to do`, () => {
      const { fields, fixes } = read(parameters);
      assert.deepEqual(fields, [`parameters.${field}`]);
      assert.ok(fixes.every(Boolean), 'it says what to do');
    });
});
