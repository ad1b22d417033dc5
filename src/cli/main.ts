import { argv } from 'node:process';
import { addControllerCommand } from './commands/controller.ts';
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
  addVersionCommand,
]).then((code) => {
  process.exitCode = code;
});
