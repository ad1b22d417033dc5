import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isLnetLoaded, loadedClientVersion, takesUniqueFsid } from './client-module.ts';

const reading = (files: Readonly<Record<string, string>>) => (path: string) => files[path];

test('the version is that of the module in the kernel, and none where it is not loaded', () => {
  assert.equal(
    loadedClientVersion(reading({ '/sys/module/lustre/version': '2.15.8_39_g2d32b59\n' })),
    '2.15.8_39_g2d32b59',
  );
  assert.equal(loadedClientVersion(reading({ '/sys/module/lustre/version': '\n' })), undefined);
  assert.equal(loadedClientVersion(reading({})), undefined);
});

test('LNet is loaded where its module shows its parameters', () => {
  assert.equal(isLnetLoaded(reading({ '/sys/module/lnet/parameters/accept_port': '988\n' })), true);
  assert.equal(isLnetLoaded(reading({})), false);
});

for (const version of ['2.15.8', '2.15.8_39_g2d32b59', '2.15.10', '2.16.0', '2.17', '3.0.0'])
  test(`client ${version} takes unique_fsid`, () => assert.equal(takesUniqueFsid(version), true));
for (const version of ['2.15.7', '2.15.7_33_g79ddf99', '2.15', '2.14.99', '1.99.99', 'unknown', undefined])
  test(`client ${version} does not take unique_fsid`, () => assert.equal(takesUniqueFsid(version), false));

test('versions compare by number, part by part', () => {
  const part = fc.nat(30);
  fc.assert(
    fc.property(part, part, part, (major, minor, patch) => {
      const scale = (a: number, b: number, c: number) => (a * 100 + b) * 100 + c;
      assert.equal(
        takesUniqueFsid(`${major}.${minor}.${patch}`),
        scale(major, minor, patch) >= scale(2, 15, 8),
      );
    }),
  );
});
