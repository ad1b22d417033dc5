import { argv } from 'node:process';
import { addControllerCommand } from './commands/controller.ts';
import { addDirectoriesCommand, addDirectoryWorkCommand } from './commands/directories.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addNodeCommand } from './commands/node.ts';
import { addSandboxCommand } from './commands/sandbox.ts';
import { addVersionCommand } from './commands/version.ts';
import { runProgram } from './program.ts';

void runProgram(argv, [
  addSandboxCommand,
  addExplainCommand,
  addControllerCommand,
  addNodeCommand,
  addDirectoriesCommand,
  addDirectoryWorkCommand,
  addVersionCommand,
]).then((code) => {
  process.exitCode = code;
});
