import { isRunning } from '../../mount/process-record.ts';
import { openProcessList } from '../../sandbox/processes/process-list.ts';
import { readRunFile } from '../../sandbox/state/run-file.ts';
import type { StateDir } from '../../sandbox/state/state-dir.ts';
import { exitCodes } from '../exit-codes.ts';
import { type OutputFormat, printJson } from '../output.ts';
import { describeSandbox } from './describe-sandbox.ts';

export async function statusCommand(dir: StateDir, output: OutputFormat): Promise<number> {
  const run = await readRunFile(dir);
  const processes = openProcessList(dir.processesFile).running();
  const pids = Object.fromEntries(processes.map(({ name, pid }) => [name, pid]));
  if (!run || !isRunning(run.sandbox)) {
    if (output === 'json') printJson({ running: false, stateDir: dir.root, pids });
    else process.stdout.write(`No sandbox runs on ${dir.root}.\n${leftBehind(Object.values(pids))}`);
    return exitCodes.failure;
  }
  if (output === 'json')
    printJson({ running: true, stateDir: dir.root, pids, isolation: run.isolation, ...run.info });
  else process.stdout.write(describeSandbox(run.info, dir));
  return exitCodes.fine;
}

/** After a kill -9 the plugins go on until the next start or stop. */
function leftBehind(pids: readonly number[]): string {
  if (pids.length === 0) return '';
  return `It was killed, and its processes ${pids.join(', ')} still run: start it again, or end them with berth sandbox stop.\n`;
}
