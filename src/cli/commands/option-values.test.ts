import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidArgumentError } from 'commander';
import { existingFile, httpsUrl, nonEmpty } from './option-values.ts';

test('a file has to be there, and to be a file', () => {
  assert.equal(existingFile(import.meta.filename), import.meta.filename);
  assert.throws(() => existingFile('/nonexistent'), InvalidArgumentError);
  assert.throws(() => existingFile(import.meta.dirname), InvalidArgumentError);
});

test('a token is sent over HTTPS only', () => {
  assert.equal(httpsUrl('https://127.0.0.1:8443'), 'https://127.0.0.1:8443');
  for (const text of ['http://127.0.0.1', 'management.azure.com', '']) {
    assert.throws(() => httpsUrl(text), InvalidArgumentError);
  }
});

test('an empty value is told from an absent one', () => {
  assert.throws(() => nonEmpty(''), InvalidArgumentError);
});
