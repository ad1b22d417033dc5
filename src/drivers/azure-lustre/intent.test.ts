import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CreateRequest } from '../../csi/driver.ts';
import { gibibyte } from '../../units/bytes.ts';
import { readIntent } from './intent.ts';
import { createRequest, sharedMount, tutorialParameters, tutorialWith } from './testing/requests.ts';

const refusalsOf = (parameters: Record<string, string>, changes: Partial<CreateRequest> = {}) =>
  readIntent(createRequest(parameters, changes)).refusals;
const firstMessage = (parameters: Record<string, string>, changes: Partial<CreateRequest> = {}) =>
  refusalsOf(parameters, changes)[0]?.message;

test("the tutorial's class is understood as printed", () => {
  const { intent, refusals } = readIntent(createRequest());
  assert.deepEqual(refusals, []);
  assert.equal(intent.kind, 'dynamic');
  if (intent.kind !== 'dynamic') return;
  assert.equal(intent.resourceGroup, 'my-resource-group');
  assert.equal(intent.maintenanceTime, '22:00');
  assert.equal(intent.resourceName, intent.volumeName);
});

const days = '[Sunday, Monday, Tuesday, Wednesday, Thursday, Friday, Saturday]';
const cases: readonly { readonly changes: Record<string, string | undefined>; readonly says: string }[] = [
  {
    changes: { 'sku-name': undefined },
    says: 'CreateVolume sku-name must be provided for dynamically provisioned AMLFS',
  },
  {
    changes: { 'sku-name': '' },
    says: 'CreateVolume sku-name must be provided for dynamically provisioned AMLFS',
  },
  {
    changes: { 'maintenance-day-of-week': undefined },
    says: 'CreateVolume maintenance-day-of-week must be provided for dynamically provisioned AMLFS',
  },
  {
    changes: { 'maintenance-day-of-week': 'sunday' },
    says: `CreateVolume Parameter maintenance-day-of-week must be one of: ${days}`,
  },
  {
    changes: { 'maintenance-time-of-day-utc': undefined },
    says: 'CreateVolume maintenance-time-of-day-utc must be provided for dynamically provisioned AMLFS',
  },
  {
    changes: { 'maintenance-time-of-day-utc': '24:00' },
    says: "CreateVolume Parameter maintenance-time-of-day-utc must be in the form HH:MM, was: '24:00'",
  },
  {
    changes: { 'sub-dir': '' },
    says: 'CreateVolume Parameter sub-dir must not be empty if provided',
  },
  {
    changes: { 'sub-dir': '//' },
    says: 'CreateVolume Parameter sub-dir must not be empty if provided',
  },
  { changes: { 'sub-dir': '../x' }, says: 'CreateVolume Parameter sub-dir must be strict subpath' },
  {
    changes: { tags: 'broken' },
    says: "CreateVolume tags 'broken' are invalid, the format should be: 'key1=value1,key2=value2'",
  },
  {
    changes: { tags: 'k8s-azure-created-by=me' },
    says: 'CreateVolume Parameter tags must not contain k8s-azure-created-by as a tag',
  },
  {
    changes: { identities: 'my-identity' },
    says: "CreateVolume Parameter identities must be resource IDs of user-assigned identities, was: 'my-identity'",
  },
  {
    changes: { 'resource-group': 'a/b' },
    says: "CreateVolume Parameter resource-group-name is not the name of a resource group, was: 'a/b'",
  },
  {
    changes: { 'mgs-ip-address': 'EXISTING_LUSTRE_IP_ADDRESS' },
    says: "CreateVolume Parameter mgs-ip-address must be an IPv4 address, was: 'EXISTING_LUSTRE_IP_ADDRESS'",
  },
];

for (const { changes, says } of cases)
  test(`${JSON.stringify(changes)} is refused: ${says}`, () => {
    const [refusal] = refusalsOf(tutorialWith(changes));
    assert.equal(refusal?.message, says);
    assert.equal(refusal?.code, 'invalid-argument');
    assert.ok(Object.keys(changes).some((key) => refusal?.field === `parameters.${key}`));
  });

test('an hour of one digit is taken and sent with two', () => {
  const { intent } = readIntent(createRequest(tutorialWith({ 'maintenance-time-of-day-utc': '2:00' })));
  assert.equal(intent.kind === 'dynamic' && intent.maintenanceTime, '02:00');
});

test('identities are a list of resource ids, blanks trimmed', () => {
  const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i';
  const { intent, refusals } = readIntent(createRequest(tutorialWith({ identities: ` ${id}1 , ${id}2` })));
  assert.deepEqual(refusals, []);
  assert.deepEqual(intent.kind === 'dynamic' && intent.identities, [`${id}1`, `${id}2`]);
});

test('parts of a request that the driver does not do are refused with the upstream texts', () => {
  const says = (changes: Partial<CreateRequest>) => firstMessage(tutorialParameters, changes);
  assert.equal(says({ name: '' }), 'CreateVolume Name must be provided');
  assert.equal(says({ capabilities: [] }), 'CreateVolume Volume capabilities must be provided');
  assert.equal(
    says({ contentSource: { type: 'volume', volumeId: 'v' } }),
    "CreateVolume doesn't support being created from an existing volume",
  );
  assert.equal(says({ secrets: { password: 'p' } }), "CreateVolume doesn't support secrets");
  assert.equal(
    says({ capabilities: [{ ...sharedMount, access: { type: 'block' } }] }),
    "Doesn't support block volume.",
  );
  assert.equal(firstMessage({}), 'CreateVolume Parameters must be provided');
  assert.match(says({ mutableParameters: { iops: '1' } }) ?? '', /Invalid mutable parameter iops/);
});

test('no secret is repeated in a refusal', () => {
  const [refusal] = refusalsOf(tutorialParameters, { secrets: { password: 'hunter2' } });
  assert.doesNotMatch(JSON.stringify(refusal), /hunter2/);
});

test('with an MGS address a claim is another name for a file system that exists', () => {
  const { intent, refusals } = readIntent(
    createRequest({ 'MGS-IP-Address': '10.0.0.4', 'sub-dir': '/a/', 'fs-name': 'anything' }),
  );
  assert.deepEqual(refusals, []);
  assert.deepEqual([intent.kind, intent.subDir], ['static', 'a']);
});

test('an empty MGS address asks for a new file system, as upstream', () => {
  const { intent } = readIntent(createRequest(tutorialWith({ 'mgs-ip-address': '' })));
  assert.equal(intent.kind, 'dynamic');
});

test('every refusal is reported, for those who want to mend them all at once', () => {
  const found = refusalsOf({ 'sku-nam': 'x', tags: 'y' });
  assert.deepEqual(
    found.map(({ field }) => field),
    [
      'parameters.sku-nam',
      'parameters.sku-name',
      'parameters.maintenance-day-of-week',
      'parameters.maintenance-time-of-day-utc',
      'parameters.tags',
    ],
  );
});

test('a required size above the limit is refused for a static claim too', () => {
  const sizes = { requiredBytes: 2n * gibibyte, limitBytes: gibibyte };
  assert.equal(refusalsOf({ 'mgs-ip-address': '10.0.0.4' }, sizes)[0]?.code, 'out-of-range');
});
