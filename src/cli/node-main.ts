import { argv } from 'node:process';
import { addNodeCommand } from './commands/node.ts';
import { addVersionCommand } from './commands/version.ts';
import { runProgram } from './program.ts';

// The node image's own program: nothing else is in its bundle.
void runProgram(argv, [addNodeCommand, addVersionCommand]).then((code) => {
  process.exitCode = code;
});
