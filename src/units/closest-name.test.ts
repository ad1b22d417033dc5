import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closestName } from './closest-name.ts';

const keys = ['sku-name', 'zone', 'subnet-name', 'vnet-name', 'maintenance-day-of-week'];

test('a slip of the keyboard finds the name that was meant', () => {
  assert.equal(closestName('skuname', keys), 'sku-name');
  assert.equal(closestName('Maintenance-Day-of-Weak', keys), 'maintenance-day-of-week');
  assert.equal(closestName('zonee', keys), 'zone');
});

test('a name like none of them suggests nothing', () => {
  assert.equal(closestName('encryption', keys), undefined);
  assert.equal(closestName('zone', []), undefined);
});
