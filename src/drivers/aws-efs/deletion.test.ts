import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { CsiError, type CsiErrorCode } from '../../csi/errors.ts';
import { directoriesInProcess } from '../../directories/testing/directories-in-process.ts';
import { openTestWorkplace, type TestWorkplace } from '../../directories/testing/test-workplace.ts';
import { createCall, createRequest, openShiftParameters, setUpEfs } from './testing/efs-setup.ts';

const withCode = (code: CsiErrorCode, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof CsiError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  return true;
};

const places: TestWorkplace[] = [];
afterEach(() => {
  for (const place of places.splice(0)) place.close();
});

/** EFS whose only file system is a directory, and a controller that deletes data. */
function setUp({ deleteData = true } = {}) {
  const place = openTestWorkplace();
  places.push(place);
  const world = setUpEfs({
    ports: {
      directories: directoriesInProcess(() => place),
      efs: { tags: {}, deleteRootDirectories: deleteData },
    },
  });
  for (const fileSystemId of world.efs.fileSystems.keys())
    world.efs.mountTargets.push({
      id: `fsmt-${fileSystemId}`,
      fileSystemId,
      state: 'available',
      subnetId: 'subnet-1',
      ipAddress: '10.0.1.7',
      availabilityZoneName: 'eu-central-1a',
    });
  /** What EFS does when the first client comes. */
  const write = (path: string, file: string) => {
    mkdirSync(join(place.root, path), { recursive: true });
    writeFileSync(join(place.root, path, file), 'data');
  };
  const pathOf = (id: string) =>
    world.efs.accessPoints.get(id.split(':').at(-1) ?? '')?.rootDirectory.path ?? '';
  return {
    ...world,
    place,
    write,
    pathOf,
    remove: (id: string) => world.backend.delete(id, {}, createCall()),
  };
}

describe('the end of a volume', () => {
  test('takes the access point and leaves the data, as upstream, with one call', async () => {
    const { create, efs, place, write, pathOf, remove } = setUp({ deleteData: false });
    const { id } = await create();
    write(pathOf(id), 'file');
    const path = pathOf(id);
    const before = efs.calls.length;
    await remove(id);
    assert.deepEqual(efs.calls.slice(before), ['deleteAccessPoint']);
    assert.equal(efs.accessPoints.size, 0);
    assert.ok(existsSync(join(place.root, path, 'file')));
    await remove(id);
  });

  test('takes the data first where the controller is told to', async () => {
    const { create, efs, place, write, pathOf, remove } = setUp();
    const { id } = await create();
    const { id: other } = await create(createRequest({ name: 'pvc-00000000-0000-4000-8000-000000000002' }));
    const [path, otherPath] = [pathOf(id), pathOf(other)];
    write(path, 'file');
    write(otherPath, 'file');
    await remove(id);
    assert.equal(existsSync(join(place.root, path)), false);
    assert.ok(existsSync(join(place.root, otherPath, 'file')), "another volume's data stays");
    assert.equal(efs.accessPoints.size, 1);
    await remove(id);
  });

  test('keeps the access point for as long as its data could not be removed', async () => {
    const { create, efs, write, pathOf, place, remove } = setUp();
    const { id } = await create();
    const path = pathOf(id);
    write(path, 'file');
    efs.failNext('listMountTargets', { kind: 'unavailable', when: 'before' });
    await assert.rejects(remove(id), withCode('unavailable', /Could not mount/));
    assert.equal(efs.accessPoints.size, 1);
    efs.failNext('deleteAccessPoint', { kind: 'unavailable', when: 'before' });
    await assert.rejects(remove(id), withCode('unavailable', /Failed to Delete volume/));
    assert.equal(existsSync(join(place.root, path)), false);
    await remove(id);
    assert.equal(efs.accessPoints.size, 0);
  });

  for (const [where, of] of [
    ['the same', (path: string) => path],
    ['a child', (path: string) => `${path}/child`],
    ['the parent', (path: string) => path.slice(0, path.lastIndexOf('/'))],
    ['the root', () => '/'],
  ] as const)
    test(`keeps a directory when another access point uses ${where}, also one that came a moment ago`, async () => {
      const { create, efs, write, pathOf, place, remove } = setUp();
      const { id } = await create();
      const path = pathOf(id);
      write(path, 'file');
      const rootDirectory = { path: of(path) };
      await efs.createAccessPoint(
        { fileSystemId: 'fs-00000001', clientToken: 'by-hand', rootDirectory, tags: {} },
        createCall(),
      );
      await assert.rejects(
        remove(id),
        withCode('failed-precondition', /another access point uses .* the data stay/),
      );
      assert.ok(existsSync(join(place.root, path, 'file')));
      assert.equal(efs.accessPoints.size, 2);
    });

  test('never empties a file system whose root an access point has', async () => {
    const { efs, place, write, remove } = setUp();
    const made = await efs.createAccessPoint(
      {
        fileSystemId: 'fs-00000001',
        clientToken: 'pvc-00000000-0000-4000-8000-000000000002',
        rootDirectory: { path: '/' },
        tags: { 'efs.csi.aws.com/cluster': 'true' },
      },
      createCall(),
    );
    write('/', 'file');
    await assert.rejects(
      remove(`fs-00000001::${made.id}`),
      withCode('failed-precondition', /it is the root of the file system/),
    );
    assert.ok(existsSync(join(place.root, 'file')));
  });

  test('leaves an access point alone that nobody made for a volume', async () => {
    const { efs, remove } = setUp({ deleteData: false });
    const made = await efs.createAccessPoint(
      { fileSystemId: 'fs-00000001', clientToken: 'by-hand', rootDirectory: { path: '/a' }, tags: {} },
      createCall(),
    );
    await assert.rejects(
      remove(`fs-00000001::${made.id}`),
      withCode('failed-precondition', /nothing proves that it was made for a volume/),
    );
    await assert.rejects(
      remove(`fs-00000002::${made.id}`),
      withCode('failed-precondition', /it is in file system/),
    );
    assert.equal(efs.accessPoints.size, 1);
  });

  test('without "berth directories" deletes neither data nor access point and says why', async () => {
    const { create, efs, newBackend } = setUp();
    const { id } = await create();
    const without = newBackend({ directories: undefined });
    await assert.rejects(
      without.delete(id, {}, createCall()),
      withCode('failed-precondition', /needs "berth directories" beside the controller/),
    );
    assert.equal(efs.accessPoints.size, 1);
  });
});

describe('a directory per claim', () => {
  const parameters = {
    provisioningMode: 'efs-dir',
    fileSystemId: 'fs-00000001',
    directoryPerms: '750',
    basePath: '/claims',
    uid: String(process.getuid?.() ?? 0),
    gid: String(process.getgid?.() ?? 0),
  };

  test('is made, found again, and kept when the claim goes', async () => {
    const { create, efs, place, remove } = setUp({ deleteData: false });
    const request = createRequest({ parameters });
    const { id } = await create(request);
    assert.equal(id, `efs:fs-00000001:/claims/${request.name}`);
    assert.deepEqual((await create(request)).id, id);
    assert.equal(efs.accessPoints.size, 0);
    await remove(id);
    assert.deepEqual(readdirSync(join(place.root, 'claims')), [request.name]);
  });

  test('goes with its claim where the class says so, and only if Berth made it', async () => {
    const { create, place, write, remove } = setUp({ deleteData: false });
    const { id } = await create(createRequest({ parameters: { ...parameters, onDelete: 'delete' } }));
    write('/claims/by-hand', 'file');
    await remove('efs:fs-00000001:/claims/by-hand');
    await remove(id);
    await remove(id);
    assert.deepEqual(readdirSync(join(place.root, 'claims')), ['by-hand']);
  });

  test('of the same name with another wish is refused', async () => {
    const { create } = setUp();
    await create(createRequest({ parameters }));
    await assert.rejects(
      create(createRequest({ parameters: { ...parameters, directoryPerms: '700' } })),
      withCode('already-exists', /its mode is 488, asked for 448/),
    );
  });

  test('without "berth directories" is refused with the reason', async () => {
    const { create, newBackend } = setUp();
    await assert.rejects(
      create(createRequest({ parameters }), newBackend({ directories: undefined })),
      withCode('failed-precondition', /efs-dir needs "berth directories"/),
    );
  });

  test('has the claim in its path where the class wants that, above a directory of its own', async () => {
    const { create } = setUp();
    const request = createRequest({
      parameters: {
        ...parameters,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: upstream's syntax
        subPathPattern: '${.PVC.namespace}/${.PVC.name}',
        'csi.storage.k8s.io/pvc/namespace': 'team',
        'csi.storage.k8s.io/pvc/name': 'data',
      },
    });
    assert.equal((await create(request)).id, `efs:fs-00000001:/claims/team/data/${request.name}`);
  });
});

test('reused access points keep their data whatever the controller is told', async () => {
  const { create, efs, place, write, pathOf, remove } = setUp();
  const parameters = {
    ...openShiftParameters,
    reuseAccessPoint: 'true',
    'csi.storage.k8s.io/pvc/name': 'data',
  };
  const { id } = await create(createRequest({ parameters }));
  const path = pathOf(id);
  write(path, 'file');
  await remove(id);
  assert.equal(efs.accessPoints.size, 0);
  assert.ok(existsSync(join(place.root, path, 'file')));
});
