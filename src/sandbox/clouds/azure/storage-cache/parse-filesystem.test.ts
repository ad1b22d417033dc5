import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ArmError } from '../arm/arm-error.ts';
import { type FilesystemSample, filesystemRequest } from '../testing/filesystem-requests.ts';
import { checkFilesystemName, parseFilesystem } from './parse-filesystem.ts';

function refusal(work: () => void): ArmError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof ArmError, String(error));
    return error;
  }
  throw new Error('it was accepted');
}

const identity =
  '/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i';

const containers =
  '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers';
const settings = { container: `${containers}/data`, loggingContainer: `${containers}/log` };

test('a request that is right is read in Azure’s normal form', () => {
  const parsed = parseFilesystem(
    filesystemRequest({
      location: 'East US',
      tags: { a: '1', b: null },
      identity: { type: 'UserAssigned', userAssignedIdentities: { [identity]: {} } },
      properties: { hsm: { settings }, provisioningState: 'Failed' },
    }),
  );
  assert.equal(parsed.location, 'eastus');
  assert.deepEqual(parsed.tags, { a: '1', b: '' });
  assert.deepEqual(parsed.identity, { type: 'UserAssigned', userAssignedIdentities: { [identity]: {} } });
  assert.deepEqual(parsed.extras, { hsm: { settings } });
  assert.equal('provisioningState' in parsed, false);
});

test('locations without zones take none', () => {
  for (const location of ['westus', 'northcentralus']) {
    assert.deepEqual(parseFilesystem(filesystemRequest({ location, zones: undefined })).zones, []);
    const zoned = refusal(() => parseFilesystem(filesystemRequest({ location, zones: ['1'] })));
    assert.equal(zoned.code, 'LocationDoesNotSupportAvailabilityZones');
  }
});

const window = (dayOfWeek: unknown, timeOfDayUTC: unknown): FilesystemSample => ({
  properties: { maintenanceWindow: { dayOfWeek, timeOfDayUTC } },
});
const wrong: readonly [string, FilesystemSample, string, string | undefined][] = [
  ['no location', { location: undefined }, 'LocationRequired', undefined],
  ['an unknown location', { location: 'atlantis' }, 'LocationNotAvailableForResourceType', undefined],
  ['no SKU', { sku: undefined }, 'InvalidParameter', 'sku'],
  ['a SKU in another case', { sku: { name: 'amlfs-durable-premium-500' } }, 'InvalidParameter', 'sku.name'],
  ['no zone where there are some', { zones: undefined }, 'InvalidParameter', 'zones'],
  ['two zones', { zones: ['1', '2'] }, 'InvalidParameter', 'zones'],
  ['a zone that is not offered', { zones: ['4'] }, 'InvalidAvailabilityZone', 'zones'],
  ['a zone that is a number', { zones: [1] }, 'InvalidParameter', 'zones'],
  [
    'no size',
    { properties: { storageCapacityTiB: undefined } },
    'InvalidParameter',
    'properties.storageCapacityTiB',
  ],
  [
    'a size of zero',
    { properties: { storageCapacityTiB: 0 } },
    'InvalidParameter',
    'properties.storageCapacityTiB',
  ],
  [
    'a size off the step',
    { properties: { storageCapacityTiB: 6 } },
    'InvalidParameter',
    'properties.storageCapacityTiB',
  ],
  [
    'a size too large',
    { properties: { storageCapacityTiB: 132 } },
    'InvalidParameter',
    'properties.storageCapacityTiB',
  ],
  [
    'no window',
    { properties: { maintenanceWindow: undefined } },
    'InvalidParameter',
    'properties.maintenanceWindow',
  ],
  [
    'a day in lower case',
    window('sunday', '02:00'),
    'InvalidParameter',
    'properties.maintenanceWindow.dayOfWeek',
  ],
  [
    'a time past midnight',
    window('Sunday', '24:00'),
    'InvalidParameter',
    'properties.maintenanceWindow.timeOfDayUTC',
  ],
  ['a tag with a slash', { tags: { 'a/b': '' } }, 'InvalidTagNameCharacters', 'tags'],
  ['a tag name too long', { tags: { ['a'.repeat(513)]: '' } }, 'InvalidTagNameLength', 'tags'],
  ['a tag value too long', { tags: { a: 'a'.repeat(257) } }, 'InvalidTagValueLength', 'tags'],
  [
    '51 tags',
    { tags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [i, ''])) },
    'TooManyTags',
    'tags',
  ],
  [
    'an identity of the system',
    { identity: { type: 'SystemAssigned' } },
    'InvalidParameter',
    'identity.type',
  ],
  [
    'an identity that is no ID',
    { identity: { type: 'UserAssigned', userAssignedIdentities: { me: {} } } },
    'InvalidIdentityId',
    'identity.userAssignedIdentities',
  ],
];

for (const [what, changes, code, target] of wrong) {
  test(`${what} is refused with ${code}`, () => {
    const error = refusal(() => parseFilesystem(filesystemRequest(changes)));
    assert.deepEqual([error.status, error.code, error.target], [400, code, target]);
  });
}

test('no body makes it fail in any way but a refusal', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (body, part) => {
      refusal(() => parseFilesystem(body));
      refusal(() => parseFilesystem(filesystemRequest({ zones: [part, part] })));
    }),
  );
});

test('names have 2 to 80 letters, digits, hyphens and underscores', () => {
  for (const name of ['ab', 'pvc-0_1', 'a'.repeat(80)]) checkFilesystemName(name);
  for (const name of ['a', '-a', 'a-', 'a.b', 'a'.repeat(81)]) {
    assert.equal(refusal(() => checkFilesystemName(name)).code, 'InvalidResourceName', name);
  }
});
