import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../../async/testing/fake-clock.ts';
import { runUntilSettled } from '../../../async/testing/run-until-settled.ts';
import { AwsError } from '../../../cloud/aws/aws-error.ts';
import type { NodeAws } from '../../../cloud/aws/open-node-aws.ts';
import { createRecordingLog } from '../../../telemetry/testing/recording-log.ts';
import type { EfsMountPlan, MountTargetChoice } from '../efs-mount.ts';
import { findMountTarget, type MountTarget } from './mount-target.ts';
import { createMountTargetGate } from './mount-target-gate.ts';

const signal = new AbortController().signal;
const id = 'fs-01234567';
const name = `${id}.efs.eu-central-1.amazonaws.com`;

function plan(mountTarget: MountTargetChoice, region?: string): EfsMountPlan {
  return {
    fsType: 'nfs4',
    source: '127.0.0.1:/',
    options: [],
    readonly: false,
    fileSystemId: id,
    accessPointId: '',
    encrypted: true,
    iam: false,
    mountTarget,
    ...(region !== undefined && { region }),
  };
}

interface World {
  readonly dns?: Readonly<Record<string, readonly string[]>>;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly targets?: NodeAws['mountTargets'];
}

function find(choice: MountTargetChoice, { dns = {}, metadata = {}, targets }: World, region?: string) {
  const log = createRecordingLog();
  const aws: NodeAws = {
    metadata: { read: async (path) => metadata[path.replace('meta-data/placement/', '')] },
    region: async () => 'eu-central-1',
    credentials: () => Promise.reject(new Error('not asked for')),
    mountTargets: targets ?? (() => Promise.reject(new AwsError('denied', 'not allowed'))),
  };
  const lookup = async (asked: string) => {
    const found = dns[asked];
    if (found === undefined) throw new Error('ENOTFOUND');
    return found;
  };
  const found = findMountTarget(plan(choice, region), { aws: async () => aws, lookup }, log, signal);
  return { found, log };
}

const zones = { 'eu-central-1a': '10.0.1.7', 'eu-central-1b': '10.0.2.7' };

test('by name the connection keeps the name, so that a new address is followed', async () => {
  const { found } = find({ by: 'name' }, { dns: { [name]: ['fd00::7', '10.0.1.7'] } });
  assert.deepEqual(await found, { address: '10.0.1.7', host: name, serverName: name });
});

test("a zone and a region are part of the name, and the certificate's name has no zone", async () => {
  const inChina = `${id}.efs.cn-north-1.amazonaws.com.cn`;
  const world = { dns: { [`cn-north-1a.${inChina}`]: ['10.0.1.7'] } };
  const { found } = find({ by: 'name', zone: 'cn-north-1a' }, world, 'cn-north-1');
  assert.deepEqual(await found, { address: '10.0.1.7', host: `cn-north-1a.${inChina}`, serverName: inChina });
});

test('what DNS does not know is asked of EFS, the own zone first', async () => {
  const targets = async () => [
    { address: '10.0.1.7', zone: 'eu-central-1a', zoneId: 'euc1-az2' },
    { address: '10.0.2.7', zone: 'eu-central-1b', zoneId: 'euc1-az3' },
  ];
  const { found } = find({ by: 'name' }, { targets, metadata: { 'availability-zone-id': 'euc1-az3' } });
  assert.deepEqual(await found, { address: '10.0.2.7', host: '10.0.2.7', serverName: name });
});

test('where neither knows it, the sentence people search for comes with what EFS said', async () => {
  const { found } = find({ by: 'name' }, {});
  await assert.rejects(found, {
    code: 'unavailable',
    message: new RegExp(
      `^Failed to resolve "${name}" - check that your file system ID is correct.*not allowed`,
    ),
  });
  await assert.rejects(find({ by: 'name' }, { targets: async () => [] }).found, /no available mount target/);
});

test('of a map the own zone is taken, else another with a warning', async () => {
  const own = find({ by: 'zone', addresses: zones }, { metadata: { 'availability-zone': 'eu-central-1b' } });
  assert.equal((await own.found).address, '10.0.2.7');
  const none = find({ by: 'zone', addresses: zones }, {});
  assert.equal((await none.found).address, '10.0.1.7');
  assert.match(none.log.text(), /no mount target in the zone of this node/);
});

test("across accounts the name begins with the id of the node's zone", async () => {
  const world = {
    metadata: { 'availability-zone-id': 'euc1-az3\n' },
    dns: { [`euc1-az3.${name}`]: ['10.9.0.7'] },
  };
  assert.equal((await find({ by: 'zone-id-name' }, world).found).address, '10.9.0.7');
});

const target: MountTarget = { address: '10.0.1.7', host: name, serverName: name };

test('a mount target that does not answer is named within five seconds, with what to allow', async () => {
  const clock = createFakeClock();
  const dial = (_: string, __: number, limit: AbortSignal) =>
    new Promise<void>((_resolve, reject) => limit.addEventListener('abort', () => reject(limit.reason)));
  const gate = createMountTargetGate({ clock, dial, nfsPort: 2049 });
  const started = clock.now();
  await assert.rejects(runUntilSettled(clock, gate(target, id, signal)), {
    code: 'unavailable',
    message: new RegExp(
      `^no TCP answer in 5 s from mount target 10.0.1.7:2049 of ${id} \\(${name}\\): allow inbound TCP 2049 .* security group`,
    ),
  });
  assert.ok(clock.now() - started <= 6_000);
});

test('one that refuses is told so at once, and a good answer is trusted for a while', async () => {
  const clock = createFakeClock();
  const dialled: string[] = [];
  let answers = false;
  const dial = async (address: string) => {
    dialled.push(address);
    if (!answers) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  };
  const gate = createMountTargetGate({ clock, dial, nfsPort: 2049 });
  await assert.rejects(
    gate(target, id, signal),
    /^CsiError: ECONNREFUSED from mount target 10\.0\.1\.7:2049/,
  );
  answers = true;
  await gate(target, id, signal);
  await gate(target, id, signal);
  assert.equal(dialled.length, 2);
  await clock.advance(20_000);
  await gate(target, id, signal);
  assert.equal(dialled.length, 3);
});
