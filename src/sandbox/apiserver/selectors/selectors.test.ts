import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { matchesFields, parseFieldSelector } from './field-selector.ts';
import { formatLabelSelector, parseLabelSelector, SelectorError } from './label-selector.ts';

const matches = (selector: string, labels: Record<string, string>) =>
  parseLabelSelector(selector)?.(labels) ?? true;

describe('label selectors', () => {
  const labels = { app: 'web', tier: 'front', 'example.com/level': '3' };
  const cases: readonly (readonly [string, boolean])[] = [
    ['', true],
    ['app=web', true],
    ['app==web', true],
    ['app=db', false],
    ['app!=db', true],
    ['missing!=x', true],
    ['app in (web, db)', true],
    ['app notin (web)', false],
    ['missing notin (web)', true],
    ['app', true],
    ['!app', false],
    ['!missing', true],
    ['app=web,tier in (back,front),!legacy', true],
    ['app=web,tier=back', false],
    ['example.com/level>2', true],
    ['example.com/level<2', false],
    ['app in (web,)', true],
    ['missing in ()', false],
    ['app>1', false],
  ];
  for (const [selector, expected] of cases) {
    test(`${selector || 'the empty one'} ${expected ? 'selects' : 'leaves out'}`, () =>
      assert.equal(matches(selector, labels), expected));
  }

  test('one that cannot be read is refused in Kubernetes’ words', () => {
    const unparsable = 'unable to parse requirement: ';
    for (const [text, message] of [
      [',', "found ',', expected: !, identifier, or 'end of string'"],
      ['app=web,', "found '', expected: identifier after ','"],
      ['app=a b', "found 'b', expected: ',' or 'end of string'"],
      ['app in web', `${unparsable}found 'web' expected: '('`],
      ['app in (web', `${unparsable}found '', expected: ',' or ')'`],
      ['app===web', `${unparsable}found '=', expected: identifier`],
      ['a b=c', `${unparsable}found 'b', expected: in, notin, =, ==, !=, gt, lt`],
      ['/app=web', `${unparsable}<nil>: Invalid value: "/app": prefix part must be non-empty`],
      [
        'size>x',
        `${unparsable}values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
      ],
    ] as const) {
      assert.throws(() => parseLabelSelector(text), { name: 'SelectorError', message }, text);
    }
  });

  test('one that makes no sense is refused', () => {
    for (const text of ['app in web', '=x', 'a b', 'app=(x)']) {
      assert.throws(() => parseLabelSelector(text), SelectorError, text);
    }
  });

  test('an object selector and its text select alike', () => {
    const selector = {
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['front', 'back'] },
        { key: 'legacy', operator: 'DoesNotExist' },
      ],
    };
    assert.equal(formatLabelSelector(selector), '!legacy,app=web,tier in (back,front)');
    assert.equal(matches(formatLabelSelector(selector), labels), true);
  });
});

describe('field selectors', () => {
  const supported = {
    fields: ['metadata.name', 'status.phase'],
    refusal: (field: string) => `field label not supported: ${field}`,
  };

  test('equal, unequal and several at once', () => {
    const selector = parseFieldSelector('metadata.name=a,status.phase!=Failed', supported);
    assert.equal(matchesFields(selector, { 'metadata.name': 'a', 'status.phase': 'Running' }), true);
    assert.equal(matchesFields(selector, { 'metadata.name': 'a', 'status.phase': 'Failed' }), false);
    assert.equal(matchesFields(selector, { 'metadata.name': 'b', 'status.phase': 'Running' }), false);
  });

  test('an escaped comma is part of the value', () => {
    assert.deepEqual(parseFieldSelector('metadata.name=a\\,b', supported), [
      { field: 'metadata.name', operator: '=', value: 'a,b' },
    ]);
  });

  test('a field that cannot be selected by is refused by name', () => {
    assert.throws(() => parseFieldSelector('spec.foo=1', supported), {
      message: 'field label not supported: spec.foo',
    });
  });
});
