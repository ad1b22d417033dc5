import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CsiError } from '../errors.ts';
import { pageOf } from './list-volumes.ts';

const ids = (entries: readonly { readonly id: string }[]) => entries.map(({ id }) => id).sort();

/** All pages of at most `most` entries; `between` is called after each. */
function readAll(list: () => readonly { readonly id: string }[], most: number, between = () => {}) {
  const seen: { readonly id: string }[] = [];
  for (let token = ''; ; between()) {
    const { page, nextToken } = pageOf(list(), token, most);
    seen.push(...page);
    if (nextToken === '') return seen;
    assert.ok(nextToken !== token && Buffer.byteLength(nextToken) <= 128);
    token = nextToken;
  }
}

test('whatever the size of a page, every entry comes once', () => {
  const entries = fc.uniqueArray(fc.string({ maxLength: 200 }), { maxLength: 30 });
  fc.assert(
    fc.property(entries, fc.nat(10), (all, most) => {
      const list = all.map((id) => ({ id }));
      assert.deepEqual(ids(readAll(() => list, most)), [...all].sort());
    }),
  );
});

test('what is deleted or made between two pages hides and repeats no other entry', () => {
  let list = Array.from({ length: 20 }, (_, index) => ({ id: `v${index}` }));
  let made = 0;
  const seen = readAll(
    () => list,
    3,
    () => {
      list = [...list.filter(({ id }) => id !== `v${made}`), { id: `new${made++}` }];
    },
  );
  assert.equal(new Set(seen.map(({ id }) => id)).size, seen.length);
  const kept = list.filter(({ id }) => id.startsWith('v')).map(({ id }) => id);
  for (const id of kept)
    assert.ok(
      seen.some((entry) => entry.id === id),
      id,
    );
});

test('a token that no page ended with is ABORTED', () => {
  for (const token of ['invalid-token', '0', 'A'.repeat(32)])
    assert.throws(
      () => pageOf([], token, 0),
      (error) => error instanceof CsiError && error.code === 'aborted',
    );
});
