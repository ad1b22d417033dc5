import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  aggregateMessage,
  fieldErrorMessage,
  immutable,
  invalidValue,
  notSupported,
  required,
} from './field-error.ts';
import { dnsLabel, dnsSubdomain, qualifiedName, validLabelValue } from './names.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './object-meta.ts';

describe('findings', () => {
  test('are worded as Kubernetes words them', () => {
    assert.equal(fieldErrorMessage(required('spec.a')), 'spec.a: Required value');
    assert.equal(fieldErrorMessage(required('spec.a', 'say it')), 'spec.a: Required value: say it');
    assert.equal(fieldErrorMessage(invalidValue('a', 'x', 'no')), 'a: Invalid value: "x": no');
    assert.equal(fieldErrorMessage(invalidValue('a', 5, 'no')), 'a: Invalid value: 5: no');
    assert.equal(
      fieldErrorMessage(notSupported('a', 'x', ['c', 'b'])),
      'a: Unsupported value: "x": supported values: "c", "b"',
    );
    assert.equal(fieldErrorMessage(immutable('a', 'x')), 'a: Invalid value: "x": field is immutable');
  });

  test('several stand in brackets, the same one once', () => {
    assert.equal(aggregateMessage([required('a')]), 'a: Required value');
    assert.equal(
      aggregateMessage([required('a'), required('b'), required('a')]),
      '[a: Required value, b: Required value]',
    );
  });
});

describe('names', () => {
  test('fine ones pass', () => {
    assert.deepEqual(dnsSubdomain('a.b-c.d1'), []);
    assert.deepEqual(dnsLabel('a-1'), []);
    assert.deepEqual(qualifiedName('example.com/Some_name.1'), []);
    assert.deepEqual(qualifiedName('plain'), []);
    assert.deepEqual(validLabelValue(''), []);
  });

  test('others are refused with the rule', () => {
    assert.match(dnsSubdomain('A_b').join(), /^a lowercase RFC 1123 subdomain must consist of lower case/);
    assert.match(dnsLabel('a.b').join(), /^a lowercase RFC 1123 label/);
    assert.match(dnsSubdomain('a'.repeat(254)).join(), /^must be no more than 253 characters/);
    assert.match(qualifiedName('/x').join(), /prefix part must be non-empty/);
    assert.match(qualifiedName('a/b/c').join(), /optional DNS subdomain prefix/);
    assert.match(qualifiedName('x/').join(), /name part must be non-empty/);
    assert.match(validLabelValue('-a').join(), /a valid label must be an empty string or/);
  });
});

describe('metadata', () => {
  const messages = (meta: object) => validateObjectMeta(meta, dnsSubdomain).map(fieldErrorMessage);

  test('needs a name', () => {
    assert.deepEqual(messages({}), ['metadata.name: Required value: name or generateName is required']);
  });

  test('labels, annotations, finalizers and owners are checked', () => {
    assert.match(
      messages({ name: 'a', labels: { 'bad key': 'x' } }).join(),
      /^metadata\.labels: Invalid value: "bad key"/,
    );
    assert.match(
      messages({ name: 'a', annotations: { big: 'x'.repeat(300_000) } }).join(),
      /^metadata\.annotations: Too long: may not be more than 262144 bytes/,
    );
    assert.match(
      messages({ name: 'a', finalizers: ['no good'] }).join(),
      /^metadata\.finalizers: Invalid value/,
    );
    assert.match(
      messages({
        name: 'a',
        ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: '' }],
      }).join(),
      /ownerReferences\.uid: Invalid value: "": must not be empty/,
    );
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u', controller: true };
    assert.match(
      messages({ name: 'a', ownerReferences: [owner, owner] }).join(),
      /Only one reference can have Controller set to true/,
    );
  });

  test('a deleted object gets no new finalizers', () => {
    const old = { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['a/b'] };
    assert.deepEqual(validateObjectMetaUpdate({ finalizers: [] }, old), []);
    assert.match(
      validateObjectMetaUpdate({ finalizers: ['a/b', 'c/d'] }, old)
        .map(fieldErrorMessage)
        .join(),
      /no new finalizers can be added if the object is being deleted, found new finalizers \[\]string\{"c\/d"\}/,
    );
  });
});
