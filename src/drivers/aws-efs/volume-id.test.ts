import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatVolumeId, parseVolumeId } from './volume-id.ts';

const hex = (minLength: number, maxLength: number) =>
  fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength, maxLength }).map((digits) => digits.join(''));
const fileSystem = hex(8, 40).map((digits) => `fs-${digits}`);
const accessPoint = fc.oneof(
  fc.constant(''),
  hex(8, 40).map((digits) => `fsap-${digits}`),
);
const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/);
const subPath = fc.oneof(
  fc.constant(''),
  fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => `/${names.join('/')}`),
  fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/')),
);

describe('volume handles', () => {
  test('every handle that is written is read back as it was', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('efs' as const, 's3files' as const),
        fileSystem,
        subPath,
        accessPoint,
        (type, fileSystemId, subPath, accessPointId) => {
          const id = { type, fileSystemId, subPath, accessPointId };
          assert.deepEqual(parseVolumeId(formatVolumeId(id)), { id });
        },
      ),
    );
  });

  test('the form before v3 means the same as the new one with "efs:" in front', () => {
    fc.assert(
      fc.property(fileSystem, subPath, accessPoint, (fileSystemId, path, accessPointId) => {
        const old = [fileSystemId, path, accessPointId].join(':');
        assert.deepEqual(parseVolumeId(old), parseVolumeId(`efs:${old}`));
        assert.notEqual(parseVolumeId(old).id, undefined);
      }),
    );
  });

  test('whatever text it is, reading it gives an id or a reason and never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { id, problem } = parseVolumeId(text);
        assert.equal(id === undefined, problem !== undefined);
      }),
    );
  });

  for (const [text, id] of [
    ['fs-ae66151a', ['efs', 'fs-ae66151a', '', '']],
    ['fs-6e633ada::fsap-081a1d293f0004630', ['efs', 'fs-6e633ada', '', 'fsap-081a1d293f0004630']],
    ['efs:fs-6e633ada::fsap-081a1d293f0004630', ['efs', 'fs-6e633ada', '', 'fsap-081a1d293f0004630']],
    ['fs-6e633ada:/a/b/', ['efs', 'fs-6e633ada', '/a/b', '']],
    ['efs:fs-6e633ada:a//b/../c', ['efs', 'fs-6e633ada', 'a/c', '']],
    ['s3files:fs-6e633ada', ['s3files', 'fs-6e633ada', '', '']],
  ] as const) {
    test(`${text} is read as upstream reads it`, () => {
      const [type, fileSystemId, subPath, accessPointId] = id;
      assert.deepEqual(parseVolumeId(text).id, { type, fileSystemId, subPath, accessPointId });
    });
  }

  for (const [text, problem] of [
    ['fs-6e633ada:a:fsap-081a1d293f0004630:b', /: Expected at most three fields separated by ':'$/],
    ['efs:fs-6e633ada:a:fsap-081a1d293f0004630:b', /: Expected at most four fields separated by ':'$/],
    ['', /: Missing file system ID$/],
    ['efs::a', /: Missing file system ID$/],
    ['fs-XYZ', /Expected a file system ID of the form 'fs-\[0-9a-f\]\{8,40\}'$/],
    ['arn:aws:elasticfilesystem', /Expected a file system ID of the form/],
    ['fs-6e633ada::fsap-1', /^volume ID '.*' has an invalid access point ID 'fsap-1': Expected it/],
  ] as const) {
    test(`"${text}" is refused in upstream's words`, () => {
      assert.match(parseVolumeId(text).problem ?? '', problem);
    });
  }
});
