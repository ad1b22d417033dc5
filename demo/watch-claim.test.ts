import assert from 'node:assert/strict';
import { test } from 'node:test';
import { percentIn } from './watch-claim.ts';

test('the percentage of a progress event is read, and absent where the cloud reports none', () => {
  assert.equal(percentIn('Azure is creating AMLFS cluster pvc-1 (Creating): 92 % (11 s)'), 92);
  assert.equal(
    percentIn('Azure is creating AMLFS cluster pvc-1 (Creating): 3 min of about 12 min'),
    undefined,
  );
});
