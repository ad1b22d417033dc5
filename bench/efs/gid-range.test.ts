import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIRST_GID, LAST_GID, lowestFreeGid, newGids } from './gid-range.ts';

test('the baseline takes the lowest GID that is free', () => {
  assert.equal(lowestFreeGid([]), FIRST_GID);
  assert.equal(lowestFreeGid([FIRST_GID, FIRST_GID + 1, FIRST_GID + 3]), FIRST_GID + 2);
});

test('the baseline has no GID left where the whole range is taken', () => {
  const all = Array.from({ length: LAST_GID - FIRST_GID + 1 }, (_, index) => FIRST_GID + index);
  assert.equal(lowestFreeGid(all), undefined);
});

test('a GID counts once, and not at all where an access point had it before', () => {
  const before = new Map([['a', 1]]);
  const after = new Map([
    ['a', 1],
    ['b', 1],
    ['c', 2],
    ['d', 2],
    ['e', 3],
  ]);
  assert.equal(newGids(before, after), 2);
});
