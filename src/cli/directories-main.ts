import { argv } from 'node:process';
import { addDirectoriesCommand, addDirectoryWorkCommand } from './commands/directories.ts';
import { addVersionCommand } from './commands/version.ts';
import { runProgram } from './program.ts';

// A bundle of its own, because a process of it is started for each piece of directory work.
void runProgram(argv, [addDirectoriesCommand, addDirectoryWorkCommand, addVersionCommand]).then((code) => {
  process.exitCode = code;
});
