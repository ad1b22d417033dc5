import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { planDataRemoval } from './data-removal.ts';

const accessPoint = (path: string, tags: Record<string, string> = { 'efs.csi.aws.com/cluster': 'true' }) => ({
  id: 'fsap-00000000000000001',
  fileSystemId: 'fs-00000001',
  clientToken: 'token',
  state: 'available' as const,
  rootDirectory: { path },
  tags,
});

const path = fc
  .array(fc.constantFrom('a', 'b', 'ab', '..', '.', ''), { maxLength: 4 })
  .map((names) => `/${names.join('/')}`);

test('whatever the paths, nothing is removed that is the root, unclean, or shares a line of directories with another', () => {
  fc.assert(
    fc.property(path, fc.array(path, { maxLength: 3 }), (own, others) => {
      const { order } = planDataRemoval(accessPoint(own), others);
      if (order === undefined) return;
      const names = own.split('/').slice(1);
      assert.ok(names.length > 0 && names.every((name) => name !== '' && name !== '.' && name !== '..'), own);
      for (const other of others)
        assert.ok(!`${own}/`.startsWith(`${other}/`) && !`${other}/`.startsWith(`${own}/`));
      assert.equal(`/${order.path}`, own);
    }),
  );
});

test('what nobody made for a volume is not removed', () => {
  assert.match(
    planDataRemoval(accessPoint('/a', {}), []).refusal ?? '',
    /it has no tag efs\.csi\.aws\.com\/cluster=true/,
  );
});

test('a name that only begins alike is another directory', () => {
  assert.equal(planDataRemoval(accessPoint('/a'), ['/ab', '/b/a']).order?.path, 'a');
});
