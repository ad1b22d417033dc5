import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findTool } from '../../conformance/tools/find-tool.ts';
import { prepareTool } from '../../conformance/tools/prepare.ts';
import type { GoTool } from '../../conformance/tools/tools.ts';

const benchClient: GoTool = {
  name: 'bench-client',
  version: '2',
  goVersion: '1.26',
  purpose: 'a client that costs little beside the plugin that it measures',
  source: { folder: '../bench/client', ldflags: '-s -w' },
  overrideBy: 'BERTH_BENCH_CLIENT',
};

export interface Job {
  /** A `publish` stays, of a volume for each call. */
  readonly method: 'probe' | 'publish' | 'publish-again' | 'publish-cycle' | 'create';
  readonly calls: number;
  readonly callers?: number;
  readonly newConnection?: boolean;
  /** Stops after this time even if calls are left. */
  readonly seconds?: number;
  /** A create that fails is tried again for so long. */
  readonly againForSeconds?: number;
  /** The handle to publish, with one of Go's verbs for the number of the caller: `volume-%d`. */
  readonly volume?: string;
  readonly context?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Of a publish-cycle the times are the publish's, the rate is that of publish and unpublish together. */
export interface Answered {
  readonly calls: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export type CallPlugin = (socket: string, job: Job) => Promise<Answered>;

/** Builds the compiled client where it is absent. `targets` is where its target paths go. Calls that fail are an error. */
export async function openClient(targets: string): Promise<CallPlugin> {
  await prepareTool(benchClient, (line) => console.error(line));
  const tool = findTool(benchClient);
  if (!('path' in tool)) throw new Error(tool.missing);
  return async (socket, job) => {
    const { method, calls, callers = 1, newConnection = false, seconds = 0, againForSeconds = 0 } = job;
    const child = spawn(
      tool.path,
      [
        ...['-socket', socket, '-targets', targets, '-method', method, '-calls', `${calls}`],
        ...['-callers', `${callers}`, `-new-connection=${newConnection}`, '-seconds', `${seconds}`],
        ...['-again-for', `${againForSeconds}`, '-volume', job.volume ?? ''],
        ...[
          '-context',
          JSON.stringify(job.context ?? {}),
          '-parameters',
          JSON.stringify(job.parameters ?? {}),
        ],
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`the client ended with ${code}`);
    const { failed, firstError, ...answered } = JSON.parse(text) as Answered & {
      readonly failed: number;
      readonly firstError?: string;
    };
    if (failed > 0)
      throw new Error(`${failed} of ${answered.calls} ${method} failed, the first: ${firstError}`);
    return answered;
  };
}
