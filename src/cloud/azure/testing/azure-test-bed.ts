import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../../async/clock.ts';
import { silentLog } from '../../../telemetry/log.ts';
import type { Environment } from '../../environment.ts';
import { createHttpsAgent } from '../../https-agent.ts';
import { type ArmClient, createArmClient } from '../arm-client.ts';
import { createHttpExchange } from '../http-exchange.ts';
import type { TokenSource } from '../token-source.ts';
import { createTestAuthority, type TestAuthority } from './test-authority.ts';

/** An authority, and a directory whose files live as long as the tests of a file. */
export interface AzureTestBed extends AsyncDisposable {
  readonly authority: TestAuthority;
  /** Of `authority`. */
  readonly caFile: string;
  writeFile(name: string, content: string): Promise<string>;
}

export async function createAzureTestBed(): Promise<AzureTestBed> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-azure-'));
  const writeInto = async (name: string, content: string) => {
    const path = join(directory, name);
    await writeFile(path, content);
    return path;
  };
  const authority = await createTestAuthority();
  return {
    authority,
    caFile: await writeInto('ca.pem', authority.caPem),
    writeFile: writeInto,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

export interface TestClientOptions {
  readonly endpoint: string;
  readonly clock: Clock;
  readonly caFile?: string;
  readonly env?: Environment;
  readonly tokens?: TokenSource;
  /** By which a request without an answer is given up after ten seconds; default: the machine's. */
  readonly attemptClock?: Clock;
}

/** The real client, with the network it is to use and a token that nobody checks. */
export async function armClientFor(options: TestClientOptions): Promise<ArmClient> {
  return createArmClient({
    endpoint: options.endpoint,
    tokens: options.tokens ?? { get: async () => 'any-token', forget: () => {} },
    exchange: createHttpExchange({
      agent: await createHttpsAgent(options.env ?? {}, options.caFile),
      userAgent: 'berth/test',
      attemptTimeoutMs: 10_000,
      ...(options.attemptClock && { clock: options.attemptClock }),
    }),
    clock: options.clock,
    random: () => 1,
    log: silentLog,
  });
}
