import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AwsErrorKind } from '../../cloud/aws/aws-error.ts';
import type { AwsRole } from '../../cloud/aws/aws-role.ts';
import { CsiError, retryableCodes } from '../../csi/errors.ts';
import { createCall, createRequest, openShiftParameters, setUpEfs } from './testing/efs-setup.ts';

const withParameters = (parameters: Record<string, string>, secrets = {}) =>
  createRequest({ parameters: { ...openShiftParameters, ...parameters }, secrets });

const target = (zone: string, ipAddress: string) => ({
  id: `fsmt-${zone}`,
  fileSystemId: 'fs-00000001',
  state: 'available' as const,
  subnetId: 'subnet-1',
  ipAddress,
  availabilityZoneName: zone,
});

describe('a create', () => {
  test('asks EFS for what upstream asks for', async () => {
    const { create, efs } = setUpEfs({
      ports: { efs: { tags: { team: 'storage' }, deleteRootDirectories: false } },
    });
    const { id, context } = await create();
    const [made] = efs.accessPoints.values();
    assert.ok(made);
    assert.equal(id, `efs:fs-00000001::${made.id}`);
    assert.deepEqual(context, {});
    const { uid, gid } = made.posixUser ?? {};
    assert.ok(gid !== undefined && gid >= 1000 && gid <= 2000 && uid === gid);
    assert.deepEqual(made.rootDirectory, {
      path: '/dynamic_provisioning/pvc-3f6c1b2e-0d55-4c1e-9f39-1b6a7c1f2d10',
      creationInfo: { ownerUid: uid, ownerGid: gid, permissions: '700' },
    });
    assert.equal(made.clientToken, 'pvc-3f6c1b2e-0d55-4c1e-9f39-1b6a7c1f2d10');
    assert.deepEqual(made.tags, { team: 'storage', 'efs.csi.aws.com/cluster': 'true' });
  });

  test('with user and group fixed still has one access point per volume', async () => {
    const { create, efs } = setUpEfs();
    const parameters = { ...openShiftParameters, uid: '7', gid: '8' };
    await create(createRequest({ parameters }));
    await create(createRequest({ parameters, name: 'pvc-2' }));
    assert.deepEqual(
      [...efs.accessPoints.values()].map(({ posixUser }) => posixUser),
      [
        { uid: 7, gid: 8 },
        { uid: 7, gid: 8 },
      ],
    );
  });

  test('puts the zone of a One Zone file system on the volume where the class wants it', async () => {
    const { create, efs } = setUpEfs();
    efs.fileSystems.set('fs-00000001', {
      id: 'fs-00000001',
      state: 'available',
      availabilityZoneName: 'eu-central-1a',
      tags: {},
    });
    const request = withParameters({ enforceZoneAffinity: 'true' });
    assert.deepEqual((await create(request)).topology, [{ 'topology.kubernetes.io/zone': 'eu-central-1a' }]);
    assert.deepEqual((await create(createRequest({ name: 'pvc-2' }))).topology, []);
  });

  test('reads the file system from a ConfigMap or Secret, at each create', async () => {
    let text: string | undefined;
    const { create } = setUpEfs({ ports: { cluster: { read: async () => text } } });
    const request = withParameters({ fileSystemId: '', fileSystemIdConfigRef: 'kube-system/efs/id' });
    await assert.rejects(create(request), /key id not found or empty in ConfigMap kube-system\/efs/);
    text = 'fs-00000002';
    assert.match((await create(request)).id, /^efs:fs-00000002::/);
  });
});

describe('a file system of another account', () => {
  const secrets = { awsRoleArn: 'arn:aws:iam::123456789012:role/efs', externalId: 'x' };

  test('is reached by its role, with the addresses of its mount targets on the volume', async () => {
    const roles: (AwsRole | undefined)[] = [];
    const world = setUpEfs();
    world.efs.mountTargets.push(target('eu-central-1a', '10.0.1.7'), target('eu-central-1b', '10.0.2.7'));
    const backend = world.newBackend({
      aws: async () => ({
        region: 'eu-central-1',
        efs: (role) => {
          roles.push(role);
          return world.efs;
        },
      }),
    });
    const { context, id } = await world.create(withParameters({}, secrets), backend);
    assert.deepEqual(context, {
      mounttargetipmap: '{"eu-central-1a":"10.0.1.7","eu-central-1b":"10.0.2.7"}',
    });
    const zoned = withParameters({ az: 'eu-central-1b' }, secrets);
    assert.deepEqual((await world.create({ ...zoned, name: 'pvc-2' }, backend)).context, {
      mounttargetip: '10.0.2.7',
    });
    const dns = withParameters({}, { ...secrets, crossaccount: 'true' });
    assert.deepEqual((await world.create({ ...dns, name: 'pvc-3' }, backend)).context, {
      crossaccount: 'true',
    });
    await backend.delete(id, secrets, createCall());
    assert.ok(roles.every((role) => role?.arn === secrets.awsRoleArn && role.externalId === 'x'));
    assert.equal(world.efs.accessPoints.size, 2);
  });

  test('without a mount target is refused before anything is made', async () => {
    const { create, efs } = setUpEfs();
    await assert.rejects(create(withParameters({}, secrets)), /no available mount target; create one/);
    assert.equal(efs.accessPoints.size, 0);
  });
});

describe('a create that goes wrong', () => {
  const kinds: readonly AwsErrorKind[] = [
    'unavailable',
    'aborted',
    'throttled',
    'denied',
    'bad-request',
    'unexpected',
  ];
  for (const kind of kinds)
    for (const when of ['before', 'after'] as const)
      test(`by ${kind} ${when} it took effect is finished by the next one, with one access point`, async () => {
        const { create, efs } = setUpEfs();
        efs.failNext('createAccessPoint', { kind, when });
        await assert.rejects(create(), (error) => error instanceof CsiError);
        await create();
        assert.equal(efs.accessPoints.size, 1);
      });

  for (const method of ['listAccessPoints', 'describeAccessPoint'] as const)
    test(`because ${method} fails is not given up for good while the volume may exist`, async () => {
      const { create, efs, newBackend } = setUpEfs();
      await create();
      efs.failNext(method, { kind: 'denied', when: 'before' });
      await assert.rejects(
        create(createRequest(), newBackend()),
        (error) => error instanceof CsiError && retryableCodes.has(error.code),
      );
      await create(createRequest(), newBackend());
      assert.equal(efs.accessPoints.size, 1);
    });

  test('adopts what another process made by the id in the refusal, without a listing of its own for it', async () => {
    const { create, efs, newBackend } = setUpEfs();
    const other = newBackend();
    await create(createRequest({ name: 'pvc-other' }), other);
    const made = await create();
    const before = efs.calls.length;
    assert.deepEqual((await create(createRequest(), other)).id, made.id);
    assert.deepEqual(efs.calls.slice(before), ['createAccessPoint', 'describeAccessPoint']);
  });

  for (const [change, message] of [
    [{ basePath: '/other' }, /has different base path than what's specified in storage class/],
    [{ gid: '7' }, /its GID is incorrect/],
    [{ uid: '7' }, /its UID is incorrect/],
    [{ gidRangeStart: '3000', gidRangeEnd: '4000' }, /its GID is outside the specified range/],
    [{ fileSystemId: 'fs-00000002' }, /it is in file system fs-00000001/],
  ] as const)
    test(`refuses what exists and is not ${JSON.stringify(change)}, in upstream's words`, async () => {
      const { create, newBackend } = setUpEfs();
      await create();
      await assert.rejects(create(withParameters({ ...change }), newBackend()), (error) => {
        assert.ok(error instanceof CsiError);
        assert.equal(error.code, 'already-exists', error.message);
        assert.match(error.message, /^Invalid existing access point: Access point found but /);
        assert.match(error.message, message);
        return true;
      });
    });

  test('says which right is missing', async () => {
    const { create, efs } = setUpEfs();
    efs.failNext('createAccessPoint', { kind: 'denied', when: 'before' });
    await assert.rejects(create(), (error) => {
      assert.ok(error instanceof CsiError);
      assert.equal(error.code, 'unauthenticated');
      assert.match(error.message, /^Access Denied\. Please ensure you have the right AWS permissions: /);
      assert.match(error.message, /elasticfilesystem:CreateAccessPoint/);
      return true;
    });
  });
});
