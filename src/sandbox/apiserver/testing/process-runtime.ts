import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { type LogsRequest, type PodRuntime, PodRuntimeError } from '../../pod-runtime.ts';

/** Runs a pod's commands as plain processes of this machine, and has the given lines as every pod's log. */
export function processRuntime(
  logLines: readonly string[] = [],
): PodRuntime & { readonly logRequests: LogsRequest[] } {
  const logRequests: LogsRequest[] = [];
  return {
    logRequests,
    async logs(request) {
      logRequests.push(request);
      if (request.container === 'missing')
        throw new PodRuntimeError(400, 'container missing is not valid for pod');
      return Readable.from(logLines.map((line) => `${line}\n`));
    },
    async exec({ command: [program = '', ...args], container }) {
      if (container === 'missing') throw new PodRuntimeError(400, 'container missing is not valid for pod');
      const child = spawn(program, args, { stdio: 'pipe' });
      const exitCode = once(child, 'close').then(([code]) => Number(code ?? 137));
      return {
        stdin: child.stdin,
        stdout: child.stdout,
        stderr: child.stderr,
        resize: () => {},
        exitCode,
        kill: () => void child.kill('SIGKILL'),
      };
    },
  };
}
