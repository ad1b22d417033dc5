import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Clock } from '../src/async/clock.ts';
import type { Cluster } from './cluster.ts';
import type { Screen } from './screen.ts';

/** The tutorial through the user's own kubectl; each command is printed as it is run. */
export function kubectlCluster(options: {
  readonly program: string;
  readonly kubeconfig: string;
  readonly screen: Screen;
  readonly clock: Clock;
}): Cluster {
  const { screen, clock } = options;

  const run = async (args: readonly string[], forMs?: number): Promise<string> => {
    screen.command(['kubectl', ...args.map(quoted)].join(' '));
    const child = spawn(options.program, args, {
      env: { ...process.env, KUBECONFIG: options.kubeconfig },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'exit');
    const enough = new AbortController();
    const timer =
      forMs === undefined
        ? undefined
        : clock.sleep(forMs, enough.signal).then(
            () => child.kill('SIGINT'),
            () => false,
          );
    // As it comes: the dates of a pod are worth seeing appear.
    const lines = screen.lines();
    child.stdout.setEncoding('utf8').on('data', lines.write);
    const [printed, complaint, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    enough.abort();
    const cut = (await timer) === true;
    lines.end();
    if (!printed) screen.output(complaint);
    if (code !== 0 && !cut)
      throw new Error(`kubectl ${args[0]} ended with exit code ${code}: ${complaint.trim()}`);
    return printed;
  };

  const quiet = async (args: readonly string[]) => {
    await run(args);
  };
  return {
    apply: (file) => quiet(['apply', '-f', file]),
    create: (file) => quiet(['create', '-f', file]),
    get: (kinds) => quiet(['get', kinds]),
    describeClaim: (name) => quiet(['describe', 'pvc', name]),
    exec: (pod, command, forMs) => run(['exec', pod, '--', ...command], forMs),
    followLogs: async (pod, forMs) => {
      await run(['logs', '-f', pod], forMs);
    },
    delete: (kind, name, flags = []) => quiet(['delete', kind, name, ...flags]),
    waitReady: (pod) => quiet(['wait', '--for=condition=Ready', `pod/${pod}`, '--timeout=60s']),
    waitDeleted: (kind, name) => quiet(['wait', '--for=delete', `${kind}/${name}`, '--timeout=60s']),
  };
}

const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`);
