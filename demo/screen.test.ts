import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { openScreen } from './screen.ts';

function screenOn(isTTY: boolean, env: NodeJS.ProcessEnv = {}) {
  const stream = Object.assign(new PassThrough(), { isTTY }) as unknown as NodeJS.WriteStream;
  const screen = openScreen(stream, env);
  return { screen, written: () => String((stream as unknown as PassThrough).read() ?? '') };
}

test('a file or a pipe gets plain lines: no colour, a bar only where it has moved a step', () => {
  const { screen, written } = screenOn(false);
  screen.command('kubectl get pvc');
  screen.progress('10 %', 1);
  screen.progress('11 %', 1);
  screen.progress('20 %', 2);
  screen.endProgress();
  assert.equal(written(), '$ kubectl get pvc\n  10 %\n  20 %\n');
});

test('a terminal gets colour and one bar that is drawn over', () => {
  const { screen, written } = screenOn(true);
  screen.command('kubectl get pvc');
  screen.progress('10 %', 1);
  screen.progress('11 %', 1);
  screen.endProgress();
  const text = written();
  assert.ok(text.includes('\x1b[32m$'), text);
  assert.ok(text.endsWith('\r\x1b[K  10 %\r\x1b[K  11 %\n'), text);
});

test('NO_COLOR takes the colour, not the bar', () => {
  const { screen, written } = screenOn(true, { NO_COLOR: '1' });
  screen.command('kubectl get pvc');
  assert.equal(written(), '$ kubectl get pvc\n');
});

test('output that comes in pieces appears line by line, each as soon as it is whole', () => {
  const { screen, written } = screenOn(false);
  const lines = screen.lines();
  lines.write('Mon\nTu');
  assert.equal(written(), '  Mon\n');
  lines.write('e\nWed');
  lines.end();
  assert.equal(written(), '  Tue\n  Wed\n');
});
