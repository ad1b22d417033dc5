// Runs in the VM, see ../efs-mounts.test.ts: the node plugin mounts from kernel NFS servers, directly and through its tunnel.
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { isRunning } from '../../../src/mount/process-record.ts';
import { mountedPort } from '../../../src/mount/tunnel/connection-mismatch.ts';
import { readNfsServers } from '../../../src/mount/tunnel/nfs-connections.ts';
import { createMountTarget } from './mount-target.ts';
import { startNfsServer } from './nfs-server.ts';
import { createNodePlugin, killRecorded, mountsAt, type Volume } from './node-plugin.ts';
import { shell } from './shell.ts';
import { signedByAws } from './signed-by-aws.ts';
import { startWriter } from './writer.ts';

const region = 'eu-central-1';
const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example/secret+key' };
const [server1, server2] = [await startNfsServer(1), await startNfsServer(2)];

/** A file system of EFS: its TLS end at an address of this machine, an NFS server behind it. */
function fileSystem(id: string, address: string, backend: string) {
  const serverName = `${id}.efs.${region}.amazonaws.com`;
  const target = createMountTarget({
    fileSystemId: id,
    serverName,
    address,
    backend,
    refuse: ({ accessPointId }) => (accessPointId === 'fsap-00000bad' ? 'no such access point' : undefined),
  });
  return { id, serverName, target, byAddress: { mounttargetip: address } };
}
const first = fileSystem('fs-00000001', '127.0.1.1', server1.address);
const second = fileSystem('fs-00000002', '127.0.1.2', server2.address);
/** Answers with the first one's server, which EFS does not do. */
const twin = fileSystem('fs-00000003', '127.0.1.3', server1.address);

const inFirst: Volume = { handle: 'fs-00000001::fsap-0000000a', mountFlags: ['iam'] };
const inSecond: Volume = { handle: 'efs:fs-00000002', attributes: second.byAddress };
const inTwin: Volume = { handle: 'fs-00000003::fsap-0000000c', attributes: twin.byAddress };
const target = (name: string) => `/var/lib/kubelet/pods/${name}/mount`;
const targetPort = (name: string) =>
  mountsAt(target(name))[0]?.superOptions.find((option) => option.startsWith('port='));

writeFileSync('/run/trusted.crt', [first, second, twin].map(({ target }) => target.certificate).join(''));
const plugin = createNodePlugin({
  program: process.env.BERTH_NODE_PROGRAM ?? '',
  caFile: '/run/trusted.crt',
  env: {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
  },
});

before(async () => {
  // The second and third are found by volume attributes, this one as EFS' are: by its name.
  appendFileSync('/etc/hosts', `127.0.1.1 ${first.serverName}\n`);
  await Promise.all([first, second, twin].map((one) => one.target.start()));
  await plugin.start();
});
after(async () => {
  if (process.env.VM_OUT !== undefined) writeFileSync(`${process.env.VM_OUT}/plugin.log`, plugin.log());
  await plugin.kill();
  for (const one of [first, second, twin]) await one.target.stop();
});

test('a file system is mounted directly where the volume wants no encryption', async () => {
  const volume: Volume = {
    handle: 'fs-00000001',
    attributes: { encryptInTransit: 'false', mounttargetip: server1.address },
  };
  await plugin.publish(volume, target('direct'));
  const [mount, ...others] = mountsAt(target('direct'));
  assert.equal(others.length, 0);
  assert.deepEqual([mount?.fsType, mount?.source], ['nfs4', 'fs-00000001:/']);
  assert.ok(mount?.superOptions.includes('vers=4.1'));
  assert.equal(await shell(`cat ${target('direct')}/who`), 'server1\n');
  await shell(`echo direct >${target('direct')}/direct`);
  assert.equal(await shell(`cat ${server1.directory}/direct`), 'direct\n');
  await plugin.unpublish(volume, target('direct'));
  assert.equal(existsSync(target('direct')), false);
});

test('through the tunnel the server learns access point and identity from a certificate that AWS would take', async () => {
  await plugin.publish(inFirst, target('a'));
  assert.equal(mountsAt(target('a'))[0]?.source, '127.0.0.1:/');
  const [client] = first.target.connections;
  assert.equal(client?.fileSystemId, 'fs-00000001');
  assert.equal(client?.accessPointId, 'fsap-0000000a');
  assert.equal(client?.auth?.accessKeyId, credentials.accessKeyId);
  const asked = {
    fileSystemId: first.id,
    region,
    publicKeyHash: client?.publicKeyHash ?? '',
    time: client?.auth?.time ?? '',
  };
  assert.equal(client?.auth?.signature, await signedByAws(asked, credentials));
});

test('files are written, read and locked through it', async () => {
  const [file, lock] = [`${target('a')}/file`, `${target('a')}/lock`];
  await shell(`head -c 3000000 /dev/urandom >${file} && sync ${file}`);
  const sums = await shell(`md5sum <${file}; md5sum <${server1.directory}/file`);
  assert.equal(new Set(sums.trim().split('\n')).size, 1);
  const held = await shell(`flock ${lock} sh -c 'flock --nonblock ${lock} true; echo $?'`);
  assert.equal(held, '1\n');
});

test('a second file system has its own connection and certificate in the same process', async () => {
  await plugin.publish(inSecond, target('b'));
  assert.equal(await shell(`cat ${target('a')}/who ${target('b')}/who`), 'server1\nserver2\n');
  const [client] = second.target.connections;
  assert.deepEqual(
    [client?.fileSystemId, client?.accessPointId, client?.auth],
    ['fs-00000002', undefined, undefined],
  );
  assert.equal((await shell('pgrep -c stunnel')).trim(), '1');
  assert.notEqual(targetPort('a'), targetPort('b'));
});

test('a repeated publish changes nothing, and another pod of the volume shares its way', async () => {
  const before = first.target.connections.length;
  await plugin.publish(inFirst, target('a'));
  await plugin.publish(inFirst, target('a2'));
  assert.equal(mountsAt(target('a')).length, 1);
  assert.equal(targetPort('a2'), targetPort('a'));
  assert.equal(first.target.connections.length, before);
  await assert.rejects(
    plugin.publish(inSecond, target('a')),
    /is in use with something else: its connection, port \d+, is that of fs-00000001/,
  );
  await plugin.unpublish(inFirst, target('a2'));
});

test('no mount runs under the identity of another: one that the kernel joins to another connection is undone', async () => {
  await assert.rejects(
    plugin.publish(inTwin, target('twin')),
    /its connection, port \d+, is that of fs-00000001 with fsap-0000000a; .* would run under that identity/,
  );
  assert.deepEqual(mountsAt(target('twin')), []);
  assert.equal(existsSync(target('twin')), false);
  assert.equal(await shell(`cat ${target('a')}/who`), 'server1\n');
});

test('nor one of another file system of that server', async () => {
  const other: Volume = { ...inTwin, handle: 'fs-00000003:other:fsap-0000000c' };
  await assert.rejects(
    plugin.publish(other, target('twin')),
    /its connection, port \d+, is that of fs-00000001/,
  );
  assert.deepEqual(mountsAt(target('twin')), []);
});

test('while somebody writes, new mounts are added and no connection is dropped', async (t) => {
  const writer = await startWriter(`${target('a')}/written`);
  const before = first.target.connections.length;
  const { pid } = plugin.stunnel();
  for (const number of [1, 2, 3]) {
    const volume = { ...inSecond, handle: 'fs-00000002::fsap-0000000b' };
    // Another access point of the same server would be joined to the standing mount, so that goes first.
    if (number === 1) await plugin.unpublish(inSecond, target('b'));
    await plugin.publish(volume, target(`b${number}`));
    await plugin.unpublish(volume, target(`b${number}`));
  }
  await plugin.publish(inSecond, target('b'));
  await writer.wrote(5);
  t.diagnostic(`longest gap between two writes: ${writer.longestGapMs()} ms`);
  assert.ok(writer.longestGapMs() < 10_000);
  assert.equal(first.target.connections.length, before, 'the writer kept its connection');
  assert.equal(plugin.stunnel().pid, pid);
  await writer.stop();
});

test('the mounts go on while the plugin is killed and started again, which takes the tunnel over', async () => {
  const writer = await startWriter(`${target('a')}/written`);
  const before = [plugin.stunnel(), first.target.connections.length] as const;
  await plugin.kill();
  await writer.wrote(5);
  await plugin.start();
  await plugin.publish(inFirst, target('a'));
  await plugin.publish(inSecond, target('b'));
  await writer.wrote(5);
  assert.deepEqual([plugin.stunnel(), first.target.connections.length], before);
  assert.equal(mountsAt(target('a')).length, 1);
  await writer.stop();
});

test('the mounts come back where the tunnel ended with the plugin, as in a container', async (t) => {
  const writer = await startWriter(`${target('a')}/written`);
  await plugin.kill();
  await killRecorded(plugin.stunnel());
  await plugin.start();
  await writer.wrote(5);
  assert.ok(isRunning(plugin.stunnel()));
  assert.equal(await shell(`cat ${target('b')}/who`), 'server2\n');
  t.diagnostic(`longest gap between two writes: ${writer.longestGapMs()} ms`);
  await writer.stop();
});

test('the mounts come back after the server was started again', async () => {
  const writer = await startWriter(`${target('a')}/written`);
  await first.target.stop();
  await server1.stop();
  await setTimeout(2_000);
  await server1.startAgain();
  await first.target.start();
  await writer.wrote(5, 90_000);
  await writer.stop();
});

test('a mount target that cannot be reached is named within seconds', async () => {
  const started = Date.now();
  const volume: Volume = { handle: 'fs-00000009', attributes: { mounttargetip: '10.9.1.77' } };
  await assert.rejects(plugin.publish(volume, target('nowhere')), (error: Error) => {
    assert.match(
      error.message,
      /mount target 10\.9\.1\.77:2049 of fs-00000009 .*allow inbound TCP 2049 .*security group/,
    );
    return true;
  });
  assert.ok(Date.now() - started < 15_000);
  assert.equal(existsSync(target('nowhere')), false);
});

let firstPort: number | undefined;
test('a volume whose server is gone is unpublished within its bound', async (t) => {
  firstPort = mountedPort(mountsAt(target('a'))[0]?.superOptions ?? []);
  await first.target.stop();
  const started = Date.now();
  await plugin.unpublish(inFirst, target('a'), 60_000);
  t.diagnostic(`unpublished after ${Date.now() - started} ms`);
  assert.deepEqual(mountsAt(target('a')), []);
  assert.equal(await shell(`cat ${target('b')}/who`), 'server2\n', 'the other volume is not held up');
});

test('alone, the twin is mounted: the refusal was of the joining only', async () => {
  // What was detached with a dead server keeps its connection until the server answers.
  await first.target.start();
  for (
    const end = Date.now() + 60_000;
    readNfsServers().some(({ port }) => port === firstPort);
    await setTimeout(200)
  ) {
    assert.ok(Date.now() < end, 'the kernel still holds the connection of the first mount');
  }
  await plugin.publish(inTwin, target('twin'));
  assert.equal(await shell(`cat ${target('twin')}/who`), 'server1\n');
  assert.equal(twin.target.connections.at(-1)?.accessPointId, 'fsap-0000000c');
  await plugin.unpublish(inTwin, target('twin'));
});
