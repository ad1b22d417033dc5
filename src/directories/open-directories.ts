import { request } from 'node:http';
import type { Call } from '../csi/call.ts';
import { CsiError } from '../csi/errors.ts';
import { errnoOf } from '../mount/errno.ts';
import type { DirectoriesPort } from './directories-port.ts';
import type { Answer } from './jobs.ts';
import { portOf } from './port-of.ts';
import { type Order, stringify } from './wire.ts';

/** How long one request waits for the end of the work before it asks again. */
const waitMs = 10_000;

/** An answer that is longer is none of the server's. */
const longestAnswer = 1_048_576;

/** The port of drivers, over the socket of `berth directories`. Nothing is opened before the first order. */
export function openDirectories(socketPath: string): DirectoriesPort {
  const give = async (order: Order, call: Call): Promise<unknown> => {
    for (;;) {
      const answer = await ask(socketPath, order, call);
      if ('done' in answer) return answer.done;
      if ('error' in answer) throw new CsiError(answer.error.code, answer.error.message);
      if ('running' in answer) report(order, answer.running.forMs, call);
    }
  };
  return portOf(give);
}

function report(order: Order, elapsedMs: number, call: Call): void {
  if (order.name !== 'remove' && order.name !== 'removeUnrecorded') return;
  const message = `the directory of volume ${order.volume} is being removed`;
  call.progress({ volume: order.volume, phase: 'deleting', elapsedMs, message });
}

async function ask(socketPath: string, order: Order, call: Call): Promise<Answer> {
  if (call.signal.aborted) throw outOfTime(order, call);
  const { name, ...body } = order;
  try {
    const text = await post(socketPath, `/v1/${name}?wait=${waitMs}`, stringify(body), call.signal);
    return JSON.parse(text) as Answer;
  } catch (error) {
    if (call.signal.aborted) throw outOfTime(order, call);
    const reason = errnoOf(error) ?? String(error);
    const message = `"berth directories" does not answer at ${socketPath} (${reason}): see whether its container beside the controller runs`;
    throw new CsiError('unavailable', message, { cause: error });
  }
}

function outOfTime(order: Order, call: Call): CsiError {
  const message = `directory work (${order.name}) on ${order.mount.source} goes on; the next call finds how far it is`;
  return new CsiError('deadline-exceeded', message, { cause: call.signal.reason });
}

function post(socketPath: string, path: string, body: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(
      { socketPath, path, method: 'POST', headers, signal, timeout: 3 * waitMs },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
          if (text.length > longestAnswer) sent.destroy(new Error('its answer is too long'));
        });
        response.on('end', () => resolve(text));
        response.on('error', reject);
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`no answer in ${(3 * waitMs) / 1000} s`)));
    sent.on('error', reject);
    sent.end(body);
  });
}
