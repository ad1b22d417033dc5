import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../async/clock.ts';
import { createRunCommand } from '../mount/run-command.ts';
import { testCall } from '../mount/testing/kernel-calls.ts';
import { mountsAt } from '../mount/testing/mounts-at.ts';
import { inOwnMountNamespace } from '../mount/testing/own-mount-namespace.ts';
import { until } from '../mount/testing/until.ts';
import { silentLog } from '../telemetry/log.ts';
import { serveDirectories } from './directories-server.ts';
import { createJobs } from './jobs.ts';
import { openDirectories } from './open-directories.ts';
import { createWork } from './start-work.ts';
import { makeOrder } from './testing/test-workplace.ts';

const worker = join(import.meta.dirname, 'testing/work-main.ts');

inOwnMountNamespace(import.meta.filename, () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-directories-'));
  const fileSystem = join(directory, 'file-system');
  const outside = join(directory, 'outside');
  const mountPoint = join(directory, 'root');
  const slow = join(directory, 'slow');
  for (const path of [fileSystem, outside, join(directory, 'bin')]) mkdirSync(path);
  // A mount of lustre is a bind of the directory that stands for it; while the file `slow` exists it takes its time.
  const mount = `#!/bin/sh
case "$*" in *'-t lustre'*) ;; *) exec /bin/mount "$@" ;; esac
while [ -e '${slow}' ]; do : >'${slow}.begun'; sleep 0.02; done
for target do :; done
exec /bin/mount --bind '${fileSystem}' "$target"
`;
  writeFileSync(join(directory, 'bin/mount'), mount, { mode: 0o755 });
  process.env.PATH = [join(directory, 'bin'), process.env.PATH].join(delimiter);
  test.after(() => rmSync(directory, { recursive: true }));

  let count = 0;
  async function serve() {
    const socketPath = join(directory, `${++count}.sock`);
    const work = createWork({
      run: createRunCommand(),
      program: [process.execPath, '--disable-warning=ExperimentalWarning', worker],
      mountPoint,
      removalsPerSecond: 2_000,
      looksPerSecond: 2_000,
    });
    const jobs = createJobs({ work, clock: systemClock, log: silentLog });
    const options = { socketPath, mode: 0o660, jobs, fsTypes: ['lustre'], log: silentLog };
    const server = await serveDirectories(options);
    return { server, jobs, socketPath, port: openDirectories(socketPath) };
  }
  const recorded = (volume: string) => ({ mount: makeOrder().mount, volume });
  const call = testCall();

  test('over the socket a directory is made and removed, and outside its process nothing is ever mounted', async () => {
    const { server, port, socketPath } = await serve();
    assert.equal(statSync(socketPath).mode & 0o777, 0o660);
    const made = await port.make(makeOrder({ volume: 'pvc-1', mode: 0o2770, uid: 0, gid: 0 }), call);
    assert.equal(statSync(join(fileSystem, 'claims/team/data')).mode & 0o7777, 0o2770);
    assert.deepEqual(await port.find(recorded('pvc-1'), call), made);
    writeFileSync(join(fileSystem, 'claims/team/data/file'), 'x'.repeat(10_000));
    const usage = await port.usage(
      { mount: made && makeOrder().mount, path: 'claims/team/data', maxAgeMs: 0 },
      call,
    );
    assert.ok(usage.bytes >= 10_000n && usage.inodes === 2n);
    await port.remove(recorded('pvc-1'), call);
    assert.deepEqual(await port.list({ mount: makeOrder().mount }, call), []);
    assert.deepEqual([mountsAt(mountPoint), readdirSync(mountPoint)], [[], []]);
    await server.close();
  });

  test('links that users plant at any part of a path lead nobody out of the file system', async () => {
    const { server, port } = await serve();
    writeFileSync(join(outside, 'precious'), '');
    mkdirSync(join(fileSystem, 'mine/real/inner'), { recursive: true });
    symlinkSync(outside, join(fileSystem, 'mine/out'));
    symlinkSync('real', join(fileSystem, 'mine/within'));
    for (const path of ['out', 'out/new', 'within/new']) {
      const order = makeOrder({ volume: 'pvc-2', base: 'mine', path });
      await assert.rejects(port.make(order, call), /symbolic link|nothing proves|ELOOP/, path);
    }
    for (const path of ['mine/out', 'mine/within/inner']) {
      const order = { ...recorded('fsap-1'), base: 'mine', path, inUse: [] };
      await assert.rejects(port.removeUnrecorded(order, call), /symbolic link/, path);
    }
    const order = { mount: makeOrder().mount, path: 'mine/out', maxAgeMs: 0 };
    await assert.rejects(port.usage(order, call), /symbolic link/);
    assert.deepEqual(readdirSync(outside), ['precious']);
    assert.deepEqual(readdirSync(join(fileSystem, 'mine/real')), ['inner']);
    await server.close();
  });

  test('a link in a volume goes with the volume, what it leads to stays', async () => {
    const { server, port } = await serve();
    await port.make(makeOrder({ volume: 'pvc-3', path: 'three' }), call);
    symlinkSync(outside, join(fileSystem, 'claims/three/out'));
    await port.remove(recorded('pvc-3'), call);
    assert.ok(!existsSync(join(fileSystem, 'claims/three')));
    assert.deepEqual(readdirSync(outside), ['precious']);
    await server.close();
  });

  test('while one file system hangs others are served, and a caller that leaves finds the work done later', async () => {
    const { server, port } = await serve();
    writeFileSync(slow, '');
    const impatient = new AbortController();
    const order = makeOrder({ volume: 'pvc-4', path: 'four' });
    const first = port.make(order, testCall({ signal: impatient.signal }));
    await until(() => existsSync(`${slow}.begun`));
    impatient.abort();
    await assert.rejects(first, { code: 'deadline-exceeded' });
    await assert.rejects(port.remove(recorded('pvc-4'), call), {
      code: 'aborted',
      message: /other work on it \(make\)/,
    });
    unlinkSync(slow);
    assert.equal((await port.make(order, call)).volume, 'pvc-4');
    await server.close();
  });

  test('a server that ends in the middle leaves no mount and no process that works on', async () => {
    const { server, jobs, port } = await serve();
    rmSync(`${slow}.begun`);
    writeFileSync(slow, '');
    const made = port.make(makeOrder({ volume: 'pvc-5', path: 'five' }), call);
    await until(() => existsSync(`${slow}.begun`));
    await Promise.all([assert.rejects(made, { code: 'unavailable' }), server.close(), jobs.close()]);
    unlinkSync(slow);
    assert.deepEqual(mountsAt(mountPoint), []);
    assert.ok(!readFileSync('/proc/self/mountinfo', 'utf8').includes(mountPoint));
  });
});
