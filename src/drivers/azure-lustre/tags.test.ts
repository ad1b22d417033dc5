import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fileSystemName } from './file-system-name.ts';
import { ownershipTags, readTags, settingsOf, whyNotOurs } from './tags.ts';

const messages = (text: string) => readTags(text, 'parameters.tags').refusals.map(({ message }) => message);

test('tags are pairs with blanks trimmed, and a value may be empty', () => {
  assert.deepEqual(readTags(' team = hpc ,cost=,a=b', 'f').tags, { team: 'hpc', cost: '', a: 'b' });
  assert.deepEqual(readTags('', 'f'), { tags: {}, refusals: [] });
});

test('what is no list of pairs is refused with the upstream text', () => {
  for (const bad of ['novalue', '=x', 'a=b=c', 'a=b,,c=d', ','])
    assert.equal(
      messages(bad)[0],
      `CreateVolume tags '${bad}' are invalid, the format should be: 'key1=value1,key2=value2'`,
    );
});

test("the driver's own tags cannot be set, whatever their case", () => {
  for (const name of [
    'k8s-azure-created-by',
    'Kubernetes.io-created-for-PVC-name',
    'kubernetes.io-created-for-pvc-namespace',
    'kubernetes.io-created-for-pv-name',
    'berth-volume-name',
  ])
    assert.deepEqual(messages(`${name}=x`), [
      `CreateVolume Parameter tags must not contain ${name} as a tag`,
    ]);
});

test("Azure's own limits on tags are met before Azure is asked", () => {
  assert.match(messages('a/b=c')[0] ?? '', /a name that Azure does not take/);
  assert.match(messages(`${'k'.repeat(513)}=v`)[0] ?? '', /a name that Azure does not take/);
  assert.match(messages(`k=${'v'.repeat(257)}`)[0] ?? '', /more than 256 characters for k/);
  assert.match(messages('a=1,A=2')[0] ?? '', /names A twice/);
  const many = Array.from({ length: 46 }, (_, i) => `t${i}=x`).join(',');
  assert.match(messages(many)[0] ?? '', /has 46 tags, at most 44 fit/);
});

test('a file system tagged for a volume is proven to be ours, for any volume name', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (volumeName) => {
      assert.equal(whyNotOurs(fileSystemName(volumeName), ownershipTags(volumeName, {})), undefined);
    }),
  );
});

test('the claim and the volume object are named in the tags where the provisioner tells', () => {
  assert.deepEqual(
    ownershipTags('pvc-1', {
      'csi.storage.k8s.io/pvc/name': 'data',
      'csi.storage.k8s.io/pvc/namespace': 'shop',
      'csi.storage.k8s.io/pv/name': 'pvc-1',
    }),
    {
      'k8s-azure-created-by': 'kubernetes-azurelustre-csi-driver',
      'kubernetes.io-created-for-pvc-name': 'data',
      'kubernetes.io-created-for-pvc-namespace': 'shop',
      'kubernetes.io-created-for-pv-name': 'pvc-1',
      'berth-volume-name': 'pvc-1',
    },
  );
});

test('a file system that the upstream driver made is ours too', () => {
  assert.equal(
    whyNotOurs('pvc-1', {
      'K8s-Azure-Created-By': 'kubernetes-azurelustre-csi-driver',
      'kubernetes.io-created-for-pv-name': 'pvc-1',
    }),
    undefined,
  );
});

test('without both tags, or with those of another volume, nothing is proven', () => {
  const createdBy = { 'k8s-azure-created-by': 'kubernetes-azurelustre-csi-driver' };
  assert.match(whyNotOurs('pvc-1', undefined) ?? '', /lacks the tag k8s-azure-created-by/);
  assert.match(whyNotOurs('pvc-1', { 'kubernetes.io-created-for-pv-name': 'pvc-1' }) ?? '', /lacks the tag/);
  assert.match(whyNotOurs('pvc-1', createdBy) ?? '', /\(absent\)/);
  assert.match(
    whyNotOurs('pvc-1', { ...createdBy, 'kubernetes.io-created-for-pv-name': 'pvc-2' }) ?? '',
    /kubernetes\.io-created-for-pv-name \(pvc-2\)/,
  );
});

test('what a class says beyond the create comes back from the tags', () => {
  const settings = {
    subDir: 'a b/$c&d=e',
    maxRounding: '1.5',
    largeCluster: 'true',
    rebalance: false,
  } as const;
  const tags = ownershipTags('pvc-1', {}, settings);
  assert.deepEqual(settingsOf(tags), settings);
  const none = { subDir: '', maxRounding: undefined, largeCluster: 'false', rebalance: true } as const;
  assert.equal('berth-settings' in ownershipTags('pvc-1', {}, none), false);
  assert.deepEqual(settingsOf(undefined), none);
  assert.deepEqual(settingsOf({ 'berth-settings': 'large-cluster=huge&x' }), none);
  const long = ownershipTags('pvc-1', {}, { ...settings, subDir: 'x'.repeat(300) });
  assert.deepEqual(settingsOf(long), { ...settings, subDir: '' });
});
