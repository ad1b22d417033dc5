import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { splitOptions } from './split-options.ts';

test('an entry that holds several options counts as several', () => {
  assert.deepEqual(splitOptions(['noatime,ro', 'flock', '', ',']), ['noatime', 'ro', 'flock']);
});

test('the commas of a quoted SELinux context are left alone', () => {
  const context = 'context="system_u:object_r:container_file_t:s0:c1,c2"';
  assert.deepEqual(splitOptions([context, `noatime,${context}`]), [context, 'noatime', context]);
});

test('what mount(8) gets to see is the same as without splitting', () => {
  const flag = fc.string({ unit: fc.constantFrom('a', 'ro', '=', ',', '"', '"x,y"') });
  fc.assert(
    fc.property(fc.array(flag), (flags) => {
      const joined = flags.join(',').replaceAll(/,+/g, ',').replaceAll(/^,|,$/g, '');
      // A quote that is never closed ends nowhere, for mount(8) as for us.
      fc.pre(
        flags.every((each) => each.split('"').length % 2 === 1) && !/"[^"]*,,[^"]*"/.test(flags.join(',')),
      );
      assert.equal(splitOptions(flags).join(','), joined);
    }),
  );
});
