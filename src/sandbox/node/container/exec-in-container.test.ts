import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { execInContainer } from './exec-in-container.ts';

const skip = process.geteuid?.() !== 0 && 'needs root, to enter namespaces';

const run = (command: readonly string[], tty: boolean) =>
  execInContainer({
    initPid: process.pid,
    spec: {
      env: {},
      workingDir: '/',
      user: { uid: undefined, gid: undefined, groups: [] },
      privileged: true,
    },
    command,
    stdin: true,
    tty,
  });

test('what a command has written is there for a caller who reads after its end', { skip }, async () => {
  const { stdout, stderr, exitCode } = run(['sh', '-c', 'echo out; echo err >&2; exit 3'], false);
  assert.equal(await exitCode, 3);
  assert.equal(await text(stdout), 'out\n');
  assert.equal(stderr && (await text(stderr)), 'err\n');
});

test('a command on a terminal whose input has ended keeps its output', { skip }, async () => {
  const { stdin, stdout, exitCode } = run(['echo', 'out'], true);
  stdin?.end();
  assert.equal(await exitCode, 0);
  assert.match(await text(stdout), /^out\r?\n/);
});
