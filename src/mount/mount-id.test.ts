import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { asksServerForRoot, mountAtPath } from './mount-id.ts';
import { inOwnMountNamespace } from './testing/own-mount-namespace.ts';
import { mount, umount } from './testing/shell-mount.ts';
import { mountSilentFileSystem, noFuse } from './testing/silent-file-system.ts';

test('what is there without a mount is nothing: no path, a directory, a file, a link to a mount', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-mount-id-'));
  context.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'file'), '');
  symlinkSync('/proc', join(directory, 'link'));
  for (const name of ['absent', 'absent/deeper', '.', 'file', 'link']) {
    assert.deepEqual(mountAtPath(join(directory, name)), { type: 'nothing' }, name);
  }
});

test('only NFS and 9p would be asked for their root', () => {
  const types = ['lustre', 'cifs', 'nfs', 'nfs4', 'efs', '9p', 'fuse'];
  assert.deepEqual(types.filter(asksServerForRoot), ['nfs', 'nfs4', 'efs', '9p']);
});

inOwnMountNamespace(import.meta.filename, () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-mount-id-'));
  const [target, other] = [join(directory, 'target'), join(directory, 'other')];
  for (const path of [target, other]) mkdirSync(path);
  test.after(() => rmSync(directory, { recursive: true }));

  test('a mount and a bind mount of the same file system are seen, and their end', () => {
    mount('-t', 'tmpfs', 'none', target);
    const first = mountAtPath(target);
    mount('--bind', directory, other);
    assert.equal(mountAtPath(other).type, 'mount');
    assert.notDeepEqual(mountAtPath(other), first);
    umount(other);
    umount(target);
    assert.equal(mountAtPath(target).type, 'nothing');
    assert.equal(mountAtPath(other).type, 'nothing');
  });

  test('a hung file system is recognised without being asked, and a dead one too', {
    skip: noFuse,
  }, async () => {
    const silent = mountSilentFileSystem('server:/share', target);
    assert.equal(mountAtPath(target).type, 'mount');
    await silent.die();
    assert.equal(mountAtPath(target).type, 'mount');
    umount(target);
  });
});
