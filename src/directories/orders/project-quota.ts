import { CsiError } from '../../csi/errors.ts';
import type { CommandResult, RunCommand } from '../../mount/command.ts';
import { ProgramMissingError } from '../../mount/run-command.ts';

/** Lustre's project quota, through `lfs`. A directory's files belong to its project; the project has a limit. */
export interface ProjectQuota {
  /** Why there is none, or undefined where it can be used. */
  missing(): Promise<string | undefined>;
  /** Whether a project holds files or has a limit: then it is somebody's. */
  isTaken(projectId: number): Promise<boolean>;
  /** Makes `directory`, and what will be in it, the project's. */
  assign(projectId: number, directory: string): Promise<void>;
  /** Bytes, rounded up to KiB; 0n: no limit. */
  limit(projectId: number, bytes: bigint): Promise<void>;
}

const stepWithinMs = 30_000;

/** `root` is the mount point of the file system. */
export function createProjectQuota(run: RunCommand, root: string): ProjectQuota {
  const ask = async (...args: string[]): Promise<CommandResult> => {
    const result = await run({ program: 'lfs', args, timeoutMs: stepWithinMs });
    if (!result.timedOut) return result;
    throw new CsiError('unavailable', `lfs ${args[0]} did not end in time: the file system does not answer`);
  };
  const tell = async (...args: string[]): Promise<void> => {
    const result = await ask(...args);
    if (result.exitCode === 0) return;
    const printed = result.stderr.trim() || `exit code ${result.exitCode}`;
    throw new CsiError('unavailable', `lfs ${args.join(' ')} failed: ${printed}`);
  };
  const usage = (projectId: number) => ask('quota', '-q', '-p', String(projectId), root);
  return {
    async missing() {
      try {
        const { exitCode, stderr } = await usage(0);
        return exitCode === 0 ? undefined : `lfs quota failed: ${stderr.trim() || `exit code ${exitCode}`}`;
      } catch (error) {
        if (error instanceof ProgramMissingError) return error.message;
        throw error;
      }
    },
    async isTaken(projectId) {
      const { exitCode, stdout } = await usage(projectId);
      return exitCode !== 0 || quotaNumbers(stdout, root).some((number) => number !== 0n);
    },
    assign: (projectId, directory) => tell('project', '-s', '-p', String(projectId), '-r', directory),
    limit: (projectId, bytes) =>
      tell('setquota', '-p', String(projectId), '-B', `${(bytes + 1023n) / 1024n}K`, root),
  };
}

/**
 * Pure. Used kilobytes and files with their soft and hard limits, of `lfs quota -q`'s line:
 * `<path> kbytes quota limit grace files quota limit grace`. A used one beyond its limit bears a star.
 */
export function quotaNumbers(line: string, root: string): readonly bigint[] {
  const fields = line.replace(root, ' ').trim().split(/\s+/);
  const numbers = [0, 1, 2, 4, 5, 6].map((index) => /^(\d+)\*?$/.exec(fields[index] ?? '')?.[1]);
  // What cannot be read is nobody's to take.
  return numbers.map((digits) => (digits === undefined ? 1n : BigInt(digits)));
}
