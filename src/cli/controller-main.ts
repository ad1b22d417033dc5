import { argv } from 'node:process';
import { addControllerCommand } from './commands/controller.ts';
import { addUninstallCheckCommand } from './commands/uninstall-check.ts';
import { addVersionCommand } from './commands/version.ts';
import { runProgram } from './program.ts';

// The controller image's own program: nothing else is in its bundle.
void runProgram(argv, [addControllerCommand, addUninstallCheckCommand, addVersionCommand]).then((code) => {
  process.exitCode = code;
});
