import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatVolumeId, parseVolumeId, type VolumeId } from './volume-id.ts';

const field = fc.string().map((text) => text.replaceAll('#', ''));
const anyId: fc.Arbitrary<VolumeId> = fc.record(
  {
    name: field,
    fsName: field,
    mgsAddress: fc.ipV4(),
    subDir: field.map((path) => path.replace(/^\/+|\/+$/g, '')),
    dynamic: fc.option(fc.boolean(), { nil: undefined }),
    resourceGroup: field,
  },
  { noNullPrototype: true },
);

test('a handle reads back as it was written', () => {
  fc.assert(fc.property(anyId, (id) => assert.deepEqual(parseVolumeId(formatVolumeId(id)), id)));
});

test('a new handle has the upstream form', () => {
  const id = { name: 'pvc-1', fsName: 'lustrefs', mgsAddress: '10.0.0.4', subDir: 'a/b' };
  assert.equal(
    formatVolumeId({ ...id, dynamic: true, resourceGroup: 'my-rg' }),
    'pvc-1#lustrefs#10.0.0.4#a/b#t#my-rg',
  );
  assert.equal(
    formatVolumeId({ ...id, dynamic: false, resourceGroup: '' }),
    'pvc-1#lustrefs#10.0.0.4#a/b#f#',
  );
});

test('handles of every older release are understood', () => {
  const base = { name: 'v', fsName: 'lustrefs', mgsAddress: '10.0.0.4', subDir: '', resourceGroup: '' };
  assert.deepEqual(parseVolumeId('v#lustrefs#10.0.0.4'), { ...base, dynamic: undefined });
  assert.deepEqual(parseVolumeId('v#lustrefs#10.0.0.4#/sub/'), {
    ...base,
    subDir: 'sub',
    dynamic: undefined,
  });
  assert.deepEqual(parseVolumeId('v#lustrefs#10.0.0.4#sub#f'), { ...base, subDir: 'sub', dynamic: false });
  assert.deepEqual(parseVolumeId('v#lustrefs#10.0.0.4##t#rg'), {
    ...base,
    dynamic: true,
    resourceGroup: 'rg',
  });
});

test('a marker that is neither t nor f says nothing', () => {
  assert.equal(parseVolumeId('v#lustrefs#10.0.0.4##yes#rg')?.dynamic, undefined);
});

test('a handle of another form is none of ours', () => {
  for (const foreign of ['', 'fake-vol-id', 'one#two']) assert.equal(parseVolumeId(foreign), undefined);
});
