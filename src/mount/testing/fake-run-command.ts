import type { Command, CommandResult, RunCommand } from '../command.ts';

export interface FakeRunCommand {
  readonly run: RunCommand;
  /** What was run, in order. */
  readonly commands: readonly Command[];
  /** The same as lines: `mount -t lustre …`. */
  lines(): string[];
}

/** How a command ends that does what it is asked and says nothing. */
export const silentSuccess: CommandResult = {
  exitCode: 0,
  stdout: '',
  stderr: '',
  timedOut: false,
  gone: Promise.resolve(),
};

type Answer = Partial<CommandResult>;

/** Records commands instead of running them; `answer` says how each ends (by default with exit code 0, silently). */
export function createFakeRunCommand(
  answer: (command: Command) => Answer | Promise<Answer> = () => ({}),
): FakeRunCommand {
  const commands: Command[] = [];
  return {
    commands,
    lines: () => commands.map(({ program, args }) => [program, ...args].join(' ')),
    async run(command) {
      commands.push(command);
      const given = await answer(command);
      return { ...silentSuccess, ...(given.timedOut ? { exitCode: undefined } : {}), ...given };
    },
  };
}
