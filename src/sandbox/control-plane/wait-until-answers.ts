import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { Clock } from '../../async/clock.ts';

export interface ReadyCheck {
  /** For the error. */
  readonly name: string;
  readonly url: string;
  readonly ca: string;
  readonly bearer?: string;
  /** For a server that asks its clients for a certificate. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** For programs that make their own certificate; asked on loopback only. */
  readonly insecure?: boolean;
  /** Whether there is nothing more to wait for. */
  readonly gaveUp: () => boolean;
  /** Its last lines explain why there is no answer. */
  readonly logFile: string;
}

const POLL_MS = 25;
const LOG_LINES = 5;

/** Asks until the server answers 200. Throws once that is not to be expected, with the end of the program's log. */
export async function waitUntilAnswers(check: ReadyCheck, clock: Clock, timeoutMs: number): Promise<void> {
  const giveUp = clock.now() + timeoutMs;
  let last = 'no answer';
  while (clock.now() < giveUp && !check.gaveUp()) {
    const answer = await ask(check);
    if (answer === 200) return;
    last = String(answer);
    await clock.sleep(POLL_MS);
  }
  const log = await readFile(check.logFile, 'utf8').catch(() => '');
  const tail = log.trimEnd().split('\n').slice(-LOG_LINES).join('\n');
  throw new Error(`${check.name} does not become ready (${last}); its log ends:\n${tail}`);
}

function ask({ url, ca, bearer, certificate, insecure }: ReadyCheck): Promise<number | string> {
  return new Promise((resolve) => {
    const options = {
      ca,
      ...certificate,
      agent: false,
      timeout: 5000,
      rejectUnauthorized: !insecure,
      headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
    };
    const asked = request(url, options, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('timeout', () => asked.destroy(new Error('timeout')));
    asked.on('error', (error) => resolve(error.message));
    asked.end();
  });
}
