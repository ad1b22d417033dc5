import { argv } from 'node:process';
import { runProgram } from './program.ts';

process.exitCode = await runProgram(argv);
