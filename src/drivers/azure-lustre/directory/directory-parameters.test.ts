import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { innerPathProblem } from '../../../directories/inner-path.ts';
import { readIntent } from '../intent.ts';
import { createRequest } from '../testing/requests.ts';
import { readDirectoryIntent } from './directory-intent.ts';

const directoryClass = { 'provisioning-mode': 'directory', 'mgs-ip-address': '10.0.0.4' };

const read = (parameters: Record<string, string>) =>
  readDirectoryIntent(createRequest({ ...directoryClass, ...parameters }));

/** `field: message: fix` of what is refused. */
const refusalsOf = (parameters: Record<string, string>) =>
  read(parameters).refusals.map(({ field, message, fix }) => `${field}: ${message}: ${fix}`);

test('a class needs no more than the mode and the file system', () => {
  const { intent, refusals } = readDirectoryIntent(createRequest(directoryClass, { name: 'pvc-1' }));
  assert.deepEqual(refusals, []);
  const { base, path, mode, uid, gid, onDelete, quota } = intent;
  assert.deepEqual(
    { base, path, mode, uid, gid, onDelete, quota },
    {
      base: '',
      path: 'pvc-1',
      mode: 0o777,
      uid: 0,
      gid: 0,
      onDelete: 'retain',
      quota: 'lustre-project-if-possible',
    },
  );
});

test('tokens of claim and volume make the path, below the base', () => {
  const { intent, refusals } = read({
    'base-dir': '/claims/',
    'sub-dir': `\${pvc.metadata.namespace}/\${pvc.metadata.name}-\${pv.metadata.name}`,
    'csi.storage.k8s.io/pvc/name': 'data',
    'csi.storage.k8s.io/pvc/namespace': 'team',
    'csi.storage.k8s.io/pv/name': 'pvc-1',
  });
  assert.deepEqual([refusals, intent.base, intent.path], [[], 'claims', 'team/data-pvc-1']);
});

test('the file system is named by address, by name or by resource ID', () => {
  const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.StorageCache/amlFilesystems/fs';
  const named = (parameters: Record<string, string>) =>
    readDirectoryIntent(createRequest({ 'provisioning-mode': 'directory', ...parameters }));
  assert.deepEqual(named({ 'file-system': id }).intent.fileSystem, {
    subscriptionId: 's',
    resourceGroup: 'g',
    name: 'fs',
  });
  assert.deepEqual(named({ 'file-system': 'fs', 'resource-group-name': 'g' }).intent.fileSystem, {
    subscriptionId: undefined,
    resourceGroup: 'g',
    name: 'fs',
  });
  assert.match(named({}).refusals[0]?.message ?? '', /file-system or mgs-ip-address must be provided/);
  assert.match(
    named({ 'file-system': 'a/b' }).refusals[0]?.message ?? '',
    /neither the name nor the resource ID/,
  );
});

describe('what is refused, with field, value and what is allowed', () => {
  const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
    [{ 'directory-mode': '1999' }, /^parameters.directory-mode: .* octal mode .*'1999': e\.g\. "0770"/],
    [{ uid: '-1' }, /^parameters.uid: .* from 0 to 4294967293, was: '-1'/],
    [{ gid: '4294967295' }, /^parameters.gid: .*'4294967295'/],
    [{ 'on-delete': 'purge' }, /^parameters.on-delete: .*\[delete, archive, retain\], was: 'purge'/],
    [{ 'project-quota': 'yes' }, /^parameters.project-quota: .*\[auto, required, none\], was: 'yes'/],
    [{ 'base-dir': '../x' }, /^parameters.base-dir: .*'\.\.\/x' cannot be used/],
    [{ 'base-dir': '.berth' }, /^parameters.base-dir: .*where the records are kept/],
    [{ 'sub-dir': '../../etc' }, /^parameters.sub-dir: .*strict subpath/],
    [{ 'sub-dir': 'a#b' }, /^parameters.sub-dir: .*contains #/],
    [
      { 'sub-dir': `\${pod.metadata.name}` },
      /^parameters.sub-dir: .*must not name a pod: .*made once for a claim/,
    ],
    [{ 'file-system': 'fs' }, /^parameters.file-system: .*twice: keep one of them/],
    [{ 'sku-name': 'AMLFS-Durable-Premium-40' }, /^parameters.sku-name: .*no meaning.*: .*remove sku-name/],
    [
      { 'dirctory-mode': '0770' },
      /^parameters.dirctory-mode: Invalid parameter.*did you mean directory-mode/,
    ],
  ];
  for (const [parameters, expected] of cases)
    test(JSON.stringify(parameters), () => assert.match(refusalsOf(parameters).join('\n'), expected));
});

test('outside of the mode its parameters are refused, and so is another mode', () => {
  const messages = (parameters: Record<string, string>) =>
    readIntent(createRequest({ 'mgs-ip-address': '10.0.0.4', ...parameters })).refusals.map(
      ({ field, fix }) => `${field}: ${fix}`,
    );
  assert.deepEqual(messages({ uid: '1000' }), [
    'parameters.uid: add provisioning-mode: directory, or remove uid',
  ]);
  assert.match(messages({ 'provisioning-mode': 'volume' })[0] ?? '', /^parameters.provisioning-mode/);
});

test('whatever the names, a path that is accepted stays below its base', () => {
  const piece = fc.constantFrom(
    '..',
    '/',
    '.',
    'a',
    `\${pvc.metadata.name}`,
    `\${pv.metadata.name}`,
    '#',
    '\n',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(piece), fc.string(), (pieces, claim) => {
      const { intent, refusals } = read({ 'sub-dir': pieces.join(''), 'csi.storage.k8s.io/pvc/name': claim });
      if (refusals.length === 0) assert.equal(innerPathProblem(intent.path), undefined);
    }),
  );
});
