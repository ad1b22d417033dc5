// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the tokens of a sub-dir look like this
import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkSubDirTemplate, resolveSubDir } from './sub-dir.ts';

const podInfo = {
  'csi.storage.k8s.io/pod.name': 'web-0',
  'csi.storage.k8s.io/pod.namespace': 'shop',
  'csi.storage.k8s.io/pod.uid': 'u-1',
  'csi.storage.k8s.io/serviceAccount.name': 'default',
  'csi.storage.k8s.io/pvc/name': 'data',
  'csi.storage.k8s.io/pvc/namespace': 'shop',
  'csi.storage.k8s.io/pv/name': 'pvc-1',
};

const path = (template: string, context: Record<string, string> = podInfo) =>
  resolveSubDir(template, context).path;
const problem = (template: string, context: Record<string, string> = podInfo) =>
  resolveSubDir(template, context).problem;

test('slashes at the ends do not matter, and the path is made plain', () => {
  assert.equal(path('/a/b/'), 'a/b');
  assert.equal(path('a//b/./c'), 'a/b/c');
  assert.equal(path('a/../b'), 'b');
});

test('every token is filled in from its key of the volume context', () => {
  assert.equal(
    path(
      '${pod.metadata.namespace}/${pod.metadata.name}-${pod.metadata.uid}/${serviceAccount.metadata.name}/${pvc.metadata.namespace}.${pvc.metadata.name}.${pv.metadata.name}',
    ),
    'shop/web-0-u-1/default/shop.data.pvc-1',
  );
});

test('a value is not looked at for tokens again', () => {
  const context = { 'csi.storage.k8s.io/pod.name': '${pod.metadata.uid}' };
  assert.equal(path('${pod.metadata.name}', context), '${pod.metadata.uid}');
});

test('tokens that do not exist are refused by name, case counts', () => {
  assert.match(problem('${pod.name}/x') ?? '', /unknown tokens: \$\{pod\.name\}/);
  assert.match(problem('${Pod.Metadata.Name}') ?? '', /unknown tokens/);
  assert.match(problem('a/${constructor}') ?? '', /unknown tokens/);
  assert.match(problem('a/${pod.metadata.name') ?? '', /not closed/);
});

test('a token without a value is refused, as on hand-written volumes', () => {
  assert.match(
    problem('${pvc.metadata.name}', {}) ?? '',
    /tokens without a value: \$\{pvc\.metadata\.name\}/,
  );
});

test('paths that leave the file system or name its root are refused with the upstream text', () => {
  for (const bad of ['..', '.', '../a', 'a/../..', 'a/../../b', './', 'a\0b', 'a\nb'])
    assert.equal(problem(bad), 'sub-dir must be strict subpath', JSON.stringify(bad));
});

test('values cannot lead out of the file system either', () => {
  assert.equal(
    problem('a/${pod.metadata.name}', { 'csi.storage.k8s.io/pod.name': '../../etc' }),
    'sub-dir must be strict subpath',
  );
});

test('whatever is accepted stays strictly inside the file system', () => {
  const part = fc.oneof(fc.constantFrom('..', '.', '/', 'a', '${pod.metadata.name}'), fc.string());
  fc.assert(
    fc.property(fc.array(part), fc.string(), (parts, name) => {
      const accepted = path(parts.join('/'), { 'csi.storage.k8s.io/pod.name': name });
      if (accepted === undefined) return;
      const inside = posix.join('/base', accepted);
      assert.ok(inside.startsWith('/base/') && inside.length > '/base/'.length, inside);
      assert.equal(inside, `/base/${accepted}`);
    }),
  );
});

test('a name longer than Lustre takes is refused', () => {
  assert.match(problem(`a/${'ü'.repeat(128)}`) ?? '', /more than 255 bytes/);
});

test('a class may leave pod tokens open but not those of a claim it is not told of', () => {
  const template = 'a/${pod.metadata.name}/';
  assert.equal(checkSubDirTemplate(template, {}).path, 'a/${pod.metadata.name}');
  assert.match(checkSubDirTemplate('${pvc.metadata.name}', {}).fix ?? '', /--extra-create-metadata/);
  assert.equal(
    checkSubDirTemplate('${pvc.metadata.name}', { 'csi.storage.k8s.io/pvc/name': 'data' }).path,
    '${pvc.metadata.name}',
  );
});

test('the separator of volume handles is refused in a class', () => {
  assert.match(checkSubDirTemplate('a#b', {}).problem ?? '', /must not contain #/);
});
