import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { CreateRequest } from '../../csi/driver.ts';
import { readIntent } from './intent.ts';
import { createRequest, openShiftParameters } from './testing/efs-setup.ts';

const read = (parameters: Record<string, string>, changes: Partial<CreateRequest> = {}) => {
  const request = createRequest({ parameters: { ...openShiftParameters, ...parameters }, ...changes });
  const { intent, refusals } = readIntent(request, { hasTags: false });
  return { intent, messages: refusals.map(({ message }) => message), refusals };
};
const without = (...keys: string[]) =>
  Object.fromEntries(Object.entries(openShiftParameters).filter(([key]) => !keys.includes(key)));

describe('a class', () => {
  test('as OpenShift prints it is taken as it is', () => {
    const { intent, messages } = read({});
    assert.deepEqual(messages, []);
    assert.deepEqual(intent.ids, { uid: undefined, gid: undefined, range: { start: 1000, end: 2000 } });
    assert.equal(intent.directory.path, `/dynamic_provisioning/${intent.volumeName}`);
    assert.deepEqual(intent.fileSystems, { kind: 'ids', ids: ['fs-00000001'] });
    assert.equal(intent.clientToken, intent.volumeName);
  });

  test('without a range has the one that upstream has', () => {
    const { intent } = read({}, { parameters: without('gidRangeStart', 'gidRangeEnd') });
    assert.deepEqual(intent.ids.range, { start: 50_000, end: 60_000 });
  });

  for (const [parameters, message] of [
    [{ provisioningMode: '' }, 'Missing provisioningMode parameter'],
    [
      { provisioningMode: 'efs-xy' },
      "Provisioning mode efs-xy is not supported. Only Access point provisioning 'efs-ap' or 's3files-ap' are supported",
    ],
    [{ uid: 'x' }, 'Failed to parse invalid uid: x'],
    [{ uid: '-1' }, 'uid must be greater or equal than 0'],
    [{ gid: '4294967296' }, 'gid must be at most 4294967295'],
    [{ gidRangeEnd: '' }, 'Missing gidRangeEnd parameter'],
    [{ gidRangeStart: '' }, 'Missing gidRangeStart parameter'],
    [{ gidRangeStart: '0' }, 'gidRangeStart must be greater than 0'],
    [{ gidRangeStart: '2000' }, 'gidRangeEnd must be greater than gidRangeStart'],
    [{ directoryPerms: '' }, 'Missing directoryPerms parameter'],
    [{ directoryPerms: '888' }, 'Invalid value for directoryPerms parameter: 888'],
    [{ enforceZoneAffinity: 'perhaps' }, 'Invalid value for enforceZoneAffinity parameter'],
    [{ reuseAccessPoint: 'maybe' }, 'Invalid value for reuseAccessPoint parameter'],
    [{ onDelete: 'delete' }, 'onDelete is for provisioningMode efs-dir'],
    [
      { fileSystemIdConfigRef: 'a/b/c' },
      'Failed to resolve filesystem Id only one of fileSystemId, fileSystemIdConfigRef, or fileSystemIdSecretRef can be specified',
    ],
    [
      { fileSystemId: '' },
      'Failed to resolve filesystem Id one of fileSystemId, fileSystemIdConfigRef, or fileSystemIdSecretRef must be specified',
    ],
    [
      { fileSystemId: '', fileSystemIdSecretRef: 'a/b' },
      'Failed to resolve filesystem Id invalid reference format, expected namespace/name/key, got: a/b',
    ],
    [
      { fileSystemId: 'fs-00000001,fs-x' },
      "Failed to resolve filesystem Id 'fs-x' is not the ID of a file system",
    ],
    [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: upstream's syntax
      { subPathPattern: '${.PVC.annotations}' },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: upstream's syntax
      'Path specified "${.PVC.annotations}" contains invalid elements. Can only contain [.PV.name .PVC.name .PVC.namespace]',
    ],
    [{ GidRangeStart: '1' }, 'Parameter GidRangeStart = 1 is unknown'],
  ] as const)
    test(`with ${JSON.stringify(parameters)} is refused before any call`, () => {
      const { messages, refusals } = read(parameters as Record<string, string>);
      assert.deepEqual(messages, [message]);
      assert.match(refusals[0]?.field ?? '', /^parameters\./);
    });

  test('with a key that is nearly right is told which one was meant', () => {
    assert.match(read({ directoryPerm: '700' }).refusals[0]?.fix ?? '', /^did you mean directoryPerms\?/);
  });

  test('of several file systems keeps their order, each once', () => {
    const { intent } = read({ fileSystemId: 'fs-00000002, fs-00000001,fs-00000002' });
    assert.deepEqual(intent.fileSystems, { kind: 'ids', ids: ['fs-00000002', 'fs-00000001'] });
  });

  test('without tags is refused while the controller has --tags', () => {
    const request = createRequest({ parameters: { ...openShiftParameters, enableTagging: 'false' } });
    const { refusals } = readIntent(request, { hasTags: true });
    assert.match(
      refusals[0]?.message ?? '',
      /^enableTagging is false but the driver is configured with --tags/,
    );
  });
});

describe('a directory', () => {
  const claim = { 'csi.storage.k8s.io/pvc/name': 'data', 'csi.storage.k8s.io/pvc/namespace': 'team' };
  // biome-ignore lint/suspicious/noTemplateCurlyInString: upstream's syntax
  const subPathPattern = '${.PVC.namespace}/${.PVC.name}';

  test('named by the claim gets an ending that is the same for each try', () => {
    const paths = [1, 2].map(() => read({ ...claim, subPathPattern }).intent.directory.path);
    assert.match(paths[0] ?? '', /^\/dynamic_provisioning\/team\/data-[0-9a-f-]{36}$/);
    assert.equal(paths[0], paths[1]);
    const plain = read({ ...claim, subPathPattern, ensureUniqueDirectory: 'false' });
    assert.equal(plain.intent.directory.path, '/dynamic_provisioning/team/data');
  });

  test('needs the metadata that its pattern uses', () => {
    assert.match(
      read({ subPathPattern }).messages[0] ?? '',
      /has elements without a value: \$\{\.PVC\.namespace\}/,
    );
  });

  test('cannot leave basePath', () => {
    const { messages } = read({ subPathPattern: '../../etc', ensureUniqueDirectory: 'false' });
    assert.deepEqual(messages, ["Proposed path '/etc' is not below basePath '/dynamic_provisioning/'"]);
  });

  test('of five components or 101 characters is refused, where upstream leaves that to EFS', () => {
    assert.match(read({ basePath: '/a/b/c/d' }).messages[0] ?? '', /file system limit of 4 subdirectories$/);
    assert.match(
      read({ basePath: `/${'a'.repeat(90)}` }).messages[0] ?? '',
      /exceeds file system limit of 100 characters$/,
    );
    assert.deepEqual(read({ basePath: '/a/b/c' }).messages, []);
  });

  test('is always strictly below its base, whatever class and claim say, or refused', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: upstream's syntax
    const part = fc.constantFrom('a', '..', '.', '/', '//', 'b', '${.PVC.name}', '');
    const text = fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(
        text,
        text,
        fc.constantFrom('x', '..', '.'),
        fc.boolean(),
        (basePath, pattern, name, unique) => {
          const { intent, messages } = read({
            basePath,
            subPathPattern: pattern,
            ensureUniqueDirectory: String(unique),
            'csi.storage.k8s.io/pvc/name': name,
          });
          const { base, path } = intent.directory;
          const inside = path !== base && path.startsWith(base === '/' ? '/' : `${base}/`);
          assert.ok(inside || messages.length > 0, `${path} in ${base}`);
          assert.ok(!path.split('/').includes('..'));
        },
      ),
    );
  });
});

describe('another account', () => {
  const awsRoleArn = 'arn:aws:iam::123456789012:role/efs';

  test('is named by the Secret of the class', () => {
    const { intent, messages } = read({}, { secrets: { awsRoleArn, externalId: 'x', crossaccount: 'true' } });
    assert.deepEqual(messages, []);
    assert.deepEqual(intent.crossAccount, { role: { arn: awsRoleArn, externalId: 'x' }, byDns: true });
  });

  test('is refused without repeating what the Secret says', () => {
    const { messages } = read({}, { secrets: { awsRoleArn: 'canary', crossaccount: 'canary' } });
    assert.deepEqual(messages, [
      'crossaccount parameter must have boolean value.',
      'awsRoleArn in the secret is not the ARN of a role',
    ]);
  });
});

describe('reuseAccessPoint', () => {
  const claim = { 'csi.storage.k8s.io/pvc/name': 'data', 'csi.storage.k8s.io/pvc/namespace': 'team' };

  test("has upstream's token, so that access points of before are found", () => {
    const { intent } = read({ ...claim, reuseAccessPoint: 'true' });
    // printf data | sha256sum
    assert.equal(intent.clientToken, '3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7');
  });

  test('can be kept within a namespace', () => {
    const one = read({ ...claim, reuseAccessPoint: 'namespaced' }).intent.clientToken;
    const other = read({ ...claim, 'csi.storage.k8s.io/pvc/namespace': 'b', reuseAccessPoint: 'namespaced' });
    assert.notEqual(one, other.intent.clientToken);
  });

  test('needs the name of a claim', () => {
    assert.deepEqual(read({ reuseAccessPoint: 'true' }).messages, [
      'reuseAccessPoint needs the name of the claim',
    ]);
  });
});
