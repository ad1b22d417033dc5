import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { directoriesInProcess } from '../../directories/testing/directories-in-process.ts';
import { openTestWorkplace } from '../../directories/testing/test-workplace.ts';
import { createCall, createRequest, setUpEfs } from './testing/efs-setup.ts';

/** A life of the controller that ends at its `fatal`th call of AWS, before or after the call takes effect. */
function world(fatal: number, when: 'before' | 'after') {
  let calls = 0;
  let alive = true;
  const place = openTestWorkplace();
  const directories = directoriesInProcess(() => place);
  const setUp = setUpEfs({
    fault: () => (alive && ++calls === fatal ? { kind: 'aborted', when } : undefined),
    ports: { directories, efs: { tags: {}, deleteRootDirectories: true } },
  });
  setUp.efs.mountTargets.push({
    id: 'fsmt-1',
    fileSystemId: 'fs-00000001',
    state: 'available',
    subnetId: 'subnet-1',
    ipAddress: '10.0.1.7',
  });
  const nextLife = () => {
    alive = false;
    return setUp.newBackend();
  };
  return { ...setUp, place, nextLife, reached: () => calls >= fatal };
}

for (const when of ['before', 'after'] as const) {
  test(`a create killed ${when} any call of AWS is finished by the next process, with one access point`, async () => {
    for (let fatal = 1; ; fatal++) {
      const { create, efs, nextLife, place, reached } = world(fatal, when);
      const first = await create().then(
        ({ id }) => id,
        () => undefined,
      );
      const { id } = await create(createRequest(), nextLife());
      assert.equal(efs.accessPoints.size, 1);
      assert.equal(first ?? id, id);
      place.close();
      if (!reached()) return;
    }
  });

  test(`a delete with data killed ${when} any call of AWS is finished by the next process`, async () => {
    for (let fatal = 1; ; fatal++) {
      const { efs, newBackend, nextLife, place, reached } = world(fatal, when);
      const accessPoint = {
        id: 'fsap-00000000000000009',
        fileSystemId: 'fs-00000001',
        clientToken: createRequest().name,
        state: 'available' as const,
        rootDirectory: { path: '/base/volume' },
        tags: { 'efs.csi.aws.com/cluster': 'true' },
      };
      efs.accessPoints.set(accessPoint.id, accessPoint);
      mkdirSync(join(place.root, 'base/volume'), { recursive: true });
      writeFileSync(join(place.root, 'base/volume/file'), 'data');
      const id = `fs-00000001::${accessPoint.id}`;
      await newBackend()
        .delete(id, {}, createCall())
        .catch(() => {});
      const gone = !existsSync(join(place.root, 'base/volume'));
      assert.ok(gone || efs.accessPoints.size === 1, 'the access point goes only after its data');
      await nextLife().delete(id, {}, createCall());
      assert.equal(efs.accessPoints.size, 0);
      assert.equal(existsSync(join(place.root, 'base/volume')), false);
      place.close();
      if (!reached()) return;
    }
  });
}
