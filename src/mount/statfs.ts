import type { Clock } from '../async/clock.ts';
import { CsiError } from '../csi/errors.ts';
import type { VolumeStats } from '../csi/mounts.ts';
import type { CommandResult, RunCommand } from './command.ts';
import { endsWithin } from './ends-within.ts';

/** Bounded statfs(2): each question is asked by a child, so that a hung file system holds up nothing but its own. */
export interface Statfs {
  /** Throws `unavailable` where no answer comes in time or an earlier question still hangs, `internal` for an error. */
  stats(path: string, call: { readonly signal: AbortSignal }): Promise<VolumeStats>;
  /** Whether the last answer for `path` was an error, which a hung file system's silence is not. */
  failed(path: string): boolean;
  /** Whether a question for `path` is stuck beyond its time limit; its child keeps the mount busy. */
  hangs(path: string): boolean;
  forget(path: string): void;
}

export interface StatfsPorts {
  readonly run: RunCommand;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

interface Question {
  readonly askedAt: number;
  readonly answer: Promise<CommandResult>;
}

/** Fragment size, then blocks and inodes: total, free, available; total, free. */
const FORMAT = '%S %b %f %a %c %d';

export function createStatfs({ run, clock, timeoutMs }: StatfsPorts): Statfs {
  /** At most one child per path, also while it is stuck in the kernel: polls of a hung volume must not pile up. */
  const open = new Map<string, Question>();
  const stuck = new Set<string>();
  const failing = new Set<string>();

  const ask = (path: string): Question => {
    const command = { program: 'stat', args: ['-f', '-c', FORMAT, '--', path], timeoutMs };
    const question = { askedAt: clock.now(), answer: run(command) };
    open.set(path, question);
    const close = () => {
      open.delete(path);
      stuck.delete(path);
    };
    question.answer.then((result) => {
      if (!result.timedOut) return close();
      stuck.add(path);
      result.gone.then(close, close);
    }, close);
    return question;
  };

  return {
    async stats(path, { signal }) {
      const question = open.get(path) ?? ask(path);
      const silent = () => noAnswer(path, clock.now() - question.askedAt);
      if (stuck.has(path)) throw silent();
      // The child has its own limit; a caller that leaves earlier leaves it to the others.
      if (!(await endsWithin(question.answer, 2 * timeoutMs, clock, signal))) throw silent();
      const result = await question.answer;
      if (result.timedOut) throw silent();
      const stats = parseStats(result);
      if (stats === undefined) {
        failing.add(path);
        throw new CsiError('internal', `failed to get metrics of "${path}": ${result.stderr.trim()}`);
      }
      failing.delete(path);
      return stats;
    },
    failed: (path) => failing.has(path),
    hangs: (path) => stuck.has(path),
    forget: (path) => failing.delete(path),
  };
}

function noAnswer(path: string, afterMs: number): CsiError {
  const seconds = Math.round(afterMs / 1000);
  const message = `the file system at "${path}" has not answered for ${seconds} s: check that its server is reachable from this node`;
  return new CsiError('unavailable', message);
}

function parseStats({ exitCode, stdout }: CommandResult): VolumeStats | undefined {
  const fields = /^(\d+) (\d+) (\d+) (\d+) (\d+) (\d+)\n?$/.exec(stdout);
  if (exitCode !== 0 || fields === null) return undefined;
  const [size, blocks, free, available, inodes, freeInodes] = fields.slice(1).map(BigInt) as Six;
  return {
    bytes: { total: blocks * size, used: (blocks - free) * size, available: available * size },
    inodes: { total: inodes, used: inodes - freeInodes, available: freeInodes },
  };
}

type Six = [bigint, bigint, bigint, bigint, bigint, bigint];
