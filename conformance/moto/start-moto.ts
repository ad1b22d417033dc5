import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { freePort } from '../../src/sandbox/testing/free-port.ts';

const READY_WITHIN_MS = 60_000;

/** moto's server on loopback; resolves with its URL when it answers. */
export async function startMoto(t: TestContext, python: string): Promise<string> {
  const port = await freePort('127.0.0.1');
  const child = spawn(python, ['-B', '-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    env: { PATH: process.env.PATH },
  });
  t.after(() => stop(child));
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`moto ended with status ${child.exitCode}`);
    if (Date.now() > deadline) throw new Error('moto did not answer within a minute');
    await setTimeout(200);
  }
  return url;
}

function answers(url: string): Promise<boolean> {
  return fetch(`${url}/moto-api/data.json`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
