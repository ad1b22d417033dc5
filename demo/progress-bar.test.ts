import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressBar } from './progress-bar.ts';

test('the bar is empty at the start, half full in the middle and full at the end', () => {
  assert.equal(progressBar(0, 'x'), `${'░'.repeat(30)}   0 %  x`);
  assert.equal(progressBar(0.5, 'x'), `${'█'.repeat(15)}${'░'.repeat(15)}  50 %  x`);
  assert.equal(progressBar(1, 'x'), `${'█'.repeat(30)} 100 %  x`);
});

test('work that takes longer than usual stays at 100 %', () => {
  assert.equal(progressBar(1.7, ''), progressBar(1, ''));
});
