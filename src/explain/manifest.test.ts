import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseFiles } from './manifest.ts';
import { tutorialClass } from './testing/tutorial.ts';

const parse = (text: string) => parseFiles([{ name: 'f.yaml', text }]);

test('every document of a file is an object with the line it starts at', () => {
  const { manifests, findings } = parse(tutorialClass);
  assert.deepEqual(findings, []);
  assert.deepEqual(
    manifests.map(({ kind, line }) => [kind, line]),
    [
      ['StorageClass', 1],
      ['ResourceQuota', 19],
    ],
  );
  assert.equal(manifests[0]?.lineOf(['parameters', 'zone']), 8);
  assert.equal(manifests[0]?.lineOf(['parameters', 'nothing']), 6, 'the nearest thing above');
});

test('JSON and lists are read too', () => {
  const item = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'n' } };
  const { manifests } = parse(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [item, item] }));
  assert.deepEqual(
    manifests.map(({ name, namespace }) => [name, namespace]),
    [
      ['a', 'n'],
      ['a', 'n'],
    ],
  );
});

test('one broken document does not hide the others', () => {
  const { manifests, findings } = parse(`foo: [\n---\n${tutorialClass}`);
  assert.equal(manifests.length, 2);
  assert.equal(findings.length, 1);
  assert.equal(findings[0]?.severity, 'error');
});

test('a manifest whose indentation was lost on a web page is recognised as that', () => {
  const flat =
    'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\nname: pvc\nspec:\naccessModes:\n- ReadWriteMany\n';
  const [finding] = parse(flat).findings;
  assert.equal(finding?.message, 'this is no Kubernetes object: it lacks metadata.name');
  assert.match(finding?.fix ?? '', /indentation/);
});

test('a key given twice is an error with its line', () => {
  const [finding] = parse('apiVersion: v1\nkind: Pod\nkind: Pod\nmetadata: {name: a}\n').findings;
  assert.equal(finding?.line, 3);
});

test('no text makes it throw', () => {
  const fragment = fc.constantFrom(
    'a: ',
    '- ',
    '\n',
    '---\n',
    '&x ',
    '*x',
    '{',
    ']',
    '"',
    'kind: Pod\n',
    '!!int ',
    '? ',
  );
  fc.assert(fc.property(fc.array(fc.oneof(fragment, fc.string())), (parts) => void parse(parts.join(''))));
});
