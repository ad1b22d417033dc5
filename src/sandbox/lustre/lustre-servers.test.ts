import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFakeRunCommand } from '../../mount/testing/fake-run-command.ts';
import { silentLog } from '../../telemetry/log.ts';
import { freePort } from '../testing/free-port.ts';
import { cleanLustreMounts, mountPointsUnder } from './clean-lustre-mounts.ts';
import { setLustreFaults } from './lustre-faults.ts';
import { startLustreServers } from './lustre-servers.ts';

test('a file system that appears gets an MGS, one that goes loses it', async (t) => {
  const stateDir = mkdtempSync(join(tmpdir(), 'berth-'));
  t.after(() => rmSync(stateDir, { recursive: true }));
  const port = await freePort('127.66.2.1');
  const servers = await startLustreServers({
    stateDir,
    port,
    run: createFakeRunCommand().run,
    log: silentLog,
  });
  const answers = async () => {
    await servers.refresh();
    const socket = connect(port, '127.66.2.1');
    const outcome = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    return outcome;
  };
  assert.equal(await answers(), false);
  mkdirSync(join(stateDir, 'lustre/127.66.2.1/data'), { recursive: true });
  assert.equal(await answers(), true);
  rmSync(join(stateDir, 'lustre/127.66.2.1'), { recursive: true });
  assert.equal(await answers(), false);
  await servers.close();
});

test('only the base mounts of the file system in question are taken away, the newest first', async (t) => {
  const stateDir = mkdtempSync(join(tmpdir(), 'berth-'));
  t.after(() => rmSync(stateDir, { recursive: true }));
  const line = (point: string) => `45 27 0:39 / ${point} rw - overlay x@tcp:/lustrefs rw`;
  const base = `${stateDir}/lustre-mounts`;
  const mountinfo = join(stateDir, 'mountinfo');
  const points = [
    `${base}/127.0.0.4-1/.mount/base`,
    `${base}/127.0.0.4-1/a\\040b/.mount/base`,
    `${base}/127.0.0.44-1/.mount/base`,
  ];
  writeFileSync(mountinfo, ['22 27 0:21 / /proc rw - proc proc rw', ...points.map(line), ''].join('\n'));
  const { commands, run } = createFakeRunCommand();
  await cleanLustreMounts(stateDir, run, '127.0.0.4', mountinfo);
  assert.deepEqual(
    commands.map(({ program, args }) => [program, ...args]),
    [
      ['umount', '--lazy', `${base}/127.0.0.4-1/a b/.mount/base`],
      ['umount', '--lazy', `${base}/127.0.0.4-1/.mount/base`],
    ],
  );
});

test('mount points are told by prefix, escapes undone', () => {
  assert.deepEqual(
    mountPointsUnder('/s d/', '1 2 0:3 / /s\\040d/x rw - t s rw\n1 2 0:3 / /s rw - t s rw\n'),
    ['/s d/x'],
  );
});

test('clearing faults takes all of them away', async (t) => {
  const stateDir = mkdtempSync(join(tmpdir(), 'berth-'));
  t.after(() => rmSync(stateDir, { recursive: true }));
  await setLustreFaults(stateDir, {
    delay: 1.5,
    hang: true,
    fail: { errno: 5, reason: 'Input/output error' },
  });
  assert.equal(readFileSync(join(stateDir, 'lustre-faults/fail'), 'utf8'), '5\nInput/output error\n');
  assert.deepEqual(readdirSync(join(stateDir, 'lustre-faults')), ['delay', 'fail', 'hang']);
  await setLustreFaults(stateDir, {});
  assert.deepEqual(readdirSync(join(stateDir, 'lustre-faults')), []);
});
