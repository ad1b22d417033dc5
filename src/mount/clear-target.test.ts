import assert from 'node:assert/strict';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { type Clock, systemClock } from '../async/clock.ts';
import { silentLog } from '../telemetry/log.ts';
import { type ClearPorts, clearTarget, defaultUnmountPolicy } from './clear-target.ts';
import type { Command } from './command.ts';

import { createRunCommand } from './run-command.ts';
import { createFakeRunCommand } from './testing/fake-run-command.ts';
import { mountsAt } from './testing/mounts-at.ts';
import { inOwnMountNamespace } from './testing/own-mount-namespace.ts';
import { mount, umount } from './testing/shell-mount.ts';
import { mountSilentFileSystem, noFuse } from './testing/silent-file-system.ts';

const directory = mkdtempSync(join(tmpdir(), 'berth-clear-'));
const target = join(directory, 'target');
test.after(() => rmSync(directory, { recursive: true }));
beforeEach(() => {
  mkdirSync(target, { recursive: true });
});

const kernel = createRunCommand({ termGraceMs: 100, killGraceMs: 100 });
const patient = { ...defaultUnmountPolicy, busyWaitsMs: [1, 1] };
const ports = (more: Partial<ClearPorts> = {}): ClearPorts => ({
  run: kernel,
  clock: systemClock,
  log: silentLog,
  policy: patient,
  hangs: () => false,
  ...more,
});
const noCommand = () => assert.fail('no command is needed here');

test('nothing there is success; an empty directory is removed without any command', async () => {
  await clearTarget(target, ports({ run: noCommand }));
  await clearTarget(target, ports({ run: noCommand }));
  await clearTarget(join(target, 'parent', 'gone'), ports({ run: noCommand }));
  assert.ok(!existsSync(target));
});

test('files in a directory that is not mounted are kept, and the error names them', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) writeFileSync(join(target, name), name);
  await assert.rejects(clearTarget(target, ports({ run: noCommand })), {
    code: 'failed-precondition',
    message: /holds files \("a", "b", "c" and 2 more\); they are kept/,
  });
  assert.equal(readFileSync(join(target, 'e'), 'utf8'), 'e');
  rmSync(target, { recursive: true });
});

test('a file in the place of the target is kept', async () => {
  rmSync(target, { recursive: true });
  writeFileSync(target, 'text');
  const error = { code: 'failed-precondition', message: /is not a directory/ };
  await assert.rejects(clearTarget(target, ports({ run: noCommand })), error);
  assert.equal(readFileSync(target, 'utf8'), 'text');
  rmSync(target);
});

inOwnMountNamespace(import.meta.filename, () => {
  const mountsAtTarget = () => mountsAt(target);
  /** The strength of an umount: none, --force or --lazy. */
  const options = (command: Command) => command.args.slice(0, -1).at(-1) ?? '';

  test('a mount is unmounted and its directory removed, its files staying where they are', async () => {
    const data = join(directory, 'data');
    mkdirSync(data);
    writeFileSync(join(data, 'file'), 'kept');
    mount('--bind', data, target);
    await clearTarget(target, ports());
    assert.ok(!existsSync(target));
    assert.equal(readFileSync(join(data, 'file'), 'utf8'), 'kept');
  });

  test('mounts upon one another are all unmounted', async () => {
    for (const source of ['low', 'middle', 'top']) mount('-t', 'tmpfs', source, target);
    await clearTarget(target, ports());
    assert.deepEqual([mountsAtTarget().length, existsSync(target)], [0, false]);
  });

  test('a mount in use stays, and the error says how to find who uses it', async () => {
    mount('-t', 'tmpfs', 'none', target);
    const file = openSync(join(target, 'open'), 'w');
    await assert.rejects(clearTarget(target, ports()), {
      code: 'unavailable',
      message: /failed to unmount target .*target is busy.*fuser -vm/s,
    });
    assert.equal(mountsAtTarget().length, 1);
    closeSync(file);
    await clearTarget(target, ports());
  });

  test('an unmount that waits for a user of the mount ends with its caller', async () => {
    mount('-t', 'tmpfs', 'none', target);
    const file = openSync(join(target, 'open'), 'w');
    const abort = new AbortController();
    const clock: Clock = {
      ...systemClock,
      sleep(milliseconds, signal) {
        abort.abort();
        return systemClock.sleep(milliseconds, signal);
      },
    };
    await assert.rejects(clearTarget(target, ports({ clock }), abort.signal), { code: 'aborted' });
    closeSync(file);
    umount(target);
  });

  /** umount(8) that hangs with the options given, else the real one. */
  const hangingWith = (...hang: string[]) =>
    createFakeRunCommand(async (command) =>
      hang.includes(options(command)) ? { timedOut: true } : kernel(command),
    );

  test('an unmount that hangs is forced, then detached', async () => {
    for (const hang of [[''], ['', '--force']]) {
      mount('-t', 'tmpfs', 'none', target);
      const fake = hangingWith(...hang);
      await clearTarget(target, ports({ run: fake.run }));
      assert.deepEqual(fake.commands.map(options), ['', '--force', '--lazy'].slice(0, hang.length + 1));
      assert.equal(mountsAtTarget().length, 0);
      mkdirSync(target);
    }
  });

  for (const known of [false, true]) {
    const knowledge = known ? 'known to be hung' : 'not known to be hung';
    test(`a mount that does not answer, in use and ${knowledge}, is forced`, { skip: noFuse }, async () => {
      const silent = mountSilentFileSystem('server:/share', target);
      const user = await kernel({ program: 'stat', args: ['-f', target], timeoutMs: 300 });
      const fake = createFakeRunCommand(kernel);
      const hasty = { ...patient, timeoutMs: 300 };
      await clearTarget(target, ports({ run: fake.run, policy: hasty, hangs: () => known }));
      assert.equal(mountsAtTarget().length, 0);
      assert.equal(fake.commands.map(options).includes(''), !known);
      await user.gone;
      await silent.die();
    });
  }

  test('where detaching is not allowed, a hanging mount stays with an error', async () => {
    mount('-t', 'tmpfs', 'none', target);
    const { run } = hangingWith('', '--force');
    const error = { code: 'unavailable', message: /does not answer, also with --force:/ };
    await assert.rejects(clearTarget(target, ports({ run, policy: { ...patient, lazy: false } })), error);
    umount(target);
  });
});
