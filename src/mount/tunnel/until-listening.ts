import { readFile } from 'node:fs/promises';
import type { Clock } from '../../async/clock.ts';
import { CsiError } from '../../csi/errors.ts';
import type { StunnelProcess } from './stunnel-process.ts';
import type { TcpPorts } from './tcp-ports.ts';

const LIMIT_MS = 10_000;
const LOOK_MS = 20;
const SHOWN_LOG_LINES = 5;

export interface ListeningPorts {
  readonly process: Pick<StunnelProcess, 'running'>;
  readonly tcpPorts: () => TcpPorts;
  readonly clock: Clock;
  readonly logFile: string;
}

/** Resolves when all `ports` listen; throws `unavailable` with stunnel's last words where they do not in ten seconds. */
export async function untilListening(
  ports: readonly number[],
  { process, tcpPorts, clock, logFile }: ListeningPorts,
): Promise<void> {
  const end = clock.now() + LIMIT_MS;
  for (;;) {
    const { listening } = tcpPorts();
    const missing = ports.filter((port) => !listening.has(port));
    if (missing.length === 0) return;
    if (!process.running() || clock.now() >= end) throw await deaf(missing, logFile);
    await clock.sleep(LOOK_MS);
  }
}

async function deaf(missing: readonly number[], logFile: string): Promise<CsiError> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  // Its errors are marked so; the rest tells of its cleaning up.
  const errors = log
    .split('\n')
    .flatMap((line) => /\[!\] (.*)/.exec(line)?.[1] ?? /LOG[0-3]\S* (.*)/.exec(line)?.[1] ?? []);
  const lastWords = errors.slice(-SHOWN_LOG_LINES).join('; ');
  return new CsiError(
    'unavailable',
    `the TLS tunnel of this node does not listen on 127.0.0.1:${missing.join(', ')}: ${lastWords || `see ${logFile}`}`,
  );
}
