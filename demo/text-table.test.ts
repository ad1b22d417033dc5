import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textTable } from './text-table.ts';

test('columns line up, and lines end with their last cell', () => {
  const rows = [
    ['NAME', 'STATUS'],
    ['pvc-lustre', 'Bound'],
  ];
  assert.equal(textTable(rows), 'NAME         STATUS\npvc-lustre   Bound');
});
