import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createFakeClock } from '../../../async/testing/fake-clock.ts';
import { CsiError } from '../../../csi/errors.ts';
import type { Log } from '../../../telemetry/log.ts';
import { silentLog } from '../../../telemetry/log.ts';
import { createCall } from '../testing/calls.ts';
import { createFakeLustreClient, type FakeLustreClient } from '../testing/fake-lustre-client.ts';
import { publishRequest } from '../testing/requests.ts';
import { createLustreMounter } from './node.ts';

let directory: string;
let workDir: string;
let client: FakeLustreClient;
let files: Record<string, string>;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'berth-node-test-'));
  files = {};
  workDir = join(directory, 'work');
  mkdirSync(workDir);
  client = createFakeLustreClient(directory);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const openNode = (dial: () => Promise<void> = async () => {}) =>
  createLustreMounter({
    clock: createFakeClock(),
    log: silentLog,
    run: client.run,
    dial,
    lnetPort: 988,
    workDir,
    readText: (path) => files[path],
  });

async function prepare(
  context: Record<string, string>,
  changes: Parameters<typeof publishRequest>[1] = {},
  call = createCall(),
) {
  const node = openNode();
  const request = publishRequest({ 'mgs-ip-address': '10.0.0.4', ...context }, changes);
  return node.prepare?.(node.plan(request), request, call);
}
const refusal = async (work: Promise<unknown>): Promise<CsiError> => {
  const error = await work.then(
    () => assert.fail('it should have been refused'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof CsiError, String(error));
  return error;
};
const programs = () => client.commands.map(({ program }) => program);

test('a volume without a sub-directory needs nothing but an MGS that answers', async () => {
  await prepare({});
  assert.deepEqual(client.commands, []);
});

test('a sub-directory is made through a temporary mount of the root, of which nothing stays', async () => {
  await prepare({ 'sub-dir': 'a/b c' }, { mountFlags: ['noatime', 'flock'] });
  assert.ok(existsSync(join(client.fileSystem, 'a/b c')));
  assert.deepEqual(programs(), ['mount', 'realpath', 'mkdir', 'umount']);
  assert.deepEqual(client.commands[0]?.args.slice(0, -1), [
    '-t',
    'lustre',
    '-o',
    'noatime,flock',
    '10.0.0.4@tcp:/lustrefs',
  ]);
  assert.deepEqual(readdirSync(workDir), []);
});

test('taking a mount back leaves the directory and what is in it', async () => {
  const prepared = await prepare({ 'sub-dir': 'a' });
  await prepared?.undo();
  assert.ok(existsSync(join(client.fileSystem, 'a')));
});

test('a read-only volume makes no directory', async () => {
  await prepare({ 'sub-dir': 'a' }, { readonly: true });
  assert.deepEqual(client.commands, []);
});

test('an MGS that does not answer is told before anything is mounted', async () => {
  const node = openNode(async () => {
    throw Object.assign(new Error('connect'), { code: 'EHOSTUNREACH' });
  });
  const request = publishRequest({ 'mgs-ip-address': '10.0.0.4', 'sub-dir': 'a' });
  const error = await refusal(Promise.resolve(node.prepare?.(node.plan(request), request, createCall())));
  assert.equal(error.code, 'failed-precondition');
  assert.deepEqual(client.commands, []);
});

test('a symbolic link in the file system cannot lead mkdir out of it', async () => {
  const outside = join(directory, 'outside');
  mkdirSync(outside);
  symlinkSync(outside, join(client.fileSystem, 'link'));
  const error = await refusal(prepare({ 'sub-dir': 'link/x' }));
  assert.equal(error.code, 'failed-precondition');
  assert.match(error.message, /^failed to make subdirectory: link\/x .* symbolic link/);
  assert.deepEqual(readdirSync(outside), []);
  assert.deepEqual(readdirSync(workDir), []);
});

test('a mount that fails is explained, and nothing stays behind', async () => {
  client.next('mount', { exitCode: 5, stderr: 'Input/output error' });
  const error = await refusal(prepare({ 'sub-dir': 'a' }));
  assert.equal(error.code, 'unavailable');
  assert.match(error.message, /failed to make subdirectory: a .*Is the MGS running\?/);
  assert.deepEqual(readdirSync(workDir), []);
});

test('a client that takes unique_fsid gets it until it refuses it', async () => {
  files['/sys/module/lustre/version'] = '2.17.0\n';
  const node = openNode();
  const optionsNow = () => node.plan(publishRequest()).options;
  assert.deepEqual(optionsNow(), ['unique_fsid']);
  const failure = { exitCode: 22, stderr: '', timedOut: false };
  node.explainFailure?.(node.plan(publishRequest()), failure);
  assert.deepEqual(optionsNow(), []);
});

test('a node without a Lustre client is told which package brings it', async () => {
  files['/etc/host-os-release'] = 'ID=ubuntu\nVERSION_ID="22.04"\n';
  files['/proc/sys/kernel/osrelease'] = '5.15.0-1073-azure\n';
  client.next('mount', { exitCode: 32, stderr: "mount: unknown filesystem type 'lustre'." });
  const error = await refusal(prepare({ 'sub-dir': 'a' }));
  assert.equal(error.code, 'failed-precondition');
  assert.match(error.message, /install amlfs-lustre-client-2\.15\.8-39-g2d32b59=5\.15\.0-1073-azure/);
});

test('a directory that cannot be made is told with what mkdir says', async () => {
  client.next('mkdir', { exitCode: 1, stderr: 'mkdir: cannot create directory: Disk quota exceeded' });
  const error = await refusal(prepare({ 'sub-dir': 'a' }));
  assert.match(error.message, /Disk quota exceeded/);
  assert.deepEqual(readdirSync(workDir), []);
});

test('a mount that comes late, after it was given up, is taken back once its helper is gone', async () => {
  const helper = Promise.withResolvers<void>();
  client.next('mount', { exitCode: undefined, timedOut: true, gone: helper.promise }, 'late');
  for (let attempt = 0; attempt < 2; attempt++)
    client.next('umount', { exitCode: 32, stderr: 'umount: target is busy.' });
  assert.equal((await refusal(prepare({ 'sub-dir': 'a' }))).code, 'unavailable');
  while (programs().length < 3) await setImmediate();
  for (let turn = 0; turn < 50; turn++) await setImmediate();
  assert.equal(readdirSync(workDir).length, 1, 'it is left until the helper is gone');
  helper.resolve();
  while (readdirSync(workDir).length > 0) await setImmediate();
  assert.deepEqual(programs(), ['mount', 'umount', 'umount', 'umount']);
});

test('a directory command that hangs is given up and its mount removed', async () => {
  client.next('mkdir', { exitCode: undefined, timedOut: true });
  const error = await refusal(prepare({ 'sub-dir': 'a' }));
  assert.equal(error.code, 'unavailable');
  while (readdirSync(workDir).length > 0) await setImmediate();
  assert.equal(programs().at(-1), 'umount');
});

test('no command may outlast the deadline of the call', async () => {
  const clock = createFakeClock();
  await prepare({ 'sub-dir': 'a' }, {}, createCall({ deadline: clock.now() + 7_000 }));
  assert.equal(client.commands[0]?.timeoutMs, 7_000);
});

test('what an earlier process left in the work directory is removed at the start', async () => {
  const gone = 2 ** 22 + 1; // Above the kernel's largest process id.
  mkdirSync(join(workDir, `berth-lustre-root-${gone}-1`));
  mkdirSync(join(workDir, 'of-somebody-else'));
  openNode();
  while (readdirSync(workDir).length > 1) await setImmediate();
  assert.deepEqual(readdirSync(workDir), ['of-somebody-else']);
});

test('a handle that names another address is a warning, not a failure', async () => {
  const warnings: string[] = [];
  const log: Log = { ...silentLog, warn: (_fields, message) => void warnings.push(message) };
  await prepare({}, { volumeId: 'v#lustrefs#10.0.0.9' }, createCall({ log }));
  assert.deepEqual(warnings, ['volume ID says 10.0.0.9, volume context says 10.0.0.4']);
});
