import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, CommandResult, RunCommand } from '../../../mount/command.ts';
import { createRunCommand } from '../../../mount/run-command.ts';
import { silentSuccess } from '../../../mount/testing/fake-run-command.ts';

/** A Lustre client without a kernel: `mount` puts a directory in place, `umount` takes it away, the rest runs for real. */
export interface FakeLustreClient {
  readonly run: RunCommand;
  readonly commands: Command[];
  /** The file system's root while it is not mounted. */
  readonly fileSystem: string;
  /** The next run of `program` ends like this instead; a `late` one does its work all the same. */
  next(program: string, result: Partial<CommandResult>, how?: 'late'): void;
}

export function createFakeLustreClient(directory: string): FakeLustreClient {
  const fileSystem = join(directory, 'file-system');
  mkdirSync(fileSystem);
  // Not empty, so that what stands for a mount cannot be removed as an empty directory.
  writeFileSync(join(fileSystem, 'file'), '');
  const mountedAt = new Set<string>();
  const planned = new Map<string, { result: Partial<CommandResult>; late: boolean }[]>();
  const commands: Command[] = [];
  const real = createRunCommand();
  const work: RunCommand = async (command) => {
    const target = command.args.at(-1) ?? '';
    if (command.program === 'mount') {
      rmSync(target, { recursive: true });
      renameSync(fileSystem, target);
      mountedAt.add(target);
      return silentSuccess;
    }
    if (command.program === 'umount') {
      if (!mountedAt.delete(target))
        return { ...silentSuccess, exitCode: 32, stderr: `umount: ${target}: not mounted.` };
      renameSync(target, fileSystem);
      mkdirSync(target);
      return silentSuccess;
    }
    return real(command);
  };
  return {
    fileSystem,
    commands,
    next(program, result, how) {
      planned.set(program, [...(planned.get(program) ?? []), { result, late: how === 'late' }]);
    },
    async run(command) {
      commands.push(command);
      const plan = planned.get(command.program)?.shift();
      if (plan === undefined) return work(command);
      if (plan.late) await work(command);
      return { ...silentSuccess, ...plan.result };
    },
  };
}
