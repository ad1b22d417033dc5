import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { nodeFlags } from '../../deploy/image/node-flags.ts';
import { nodeOptions } from '../node-options.ts';
import { type ProcessUsage, usageOf } from '../process-usage.ts';

export interface Plugin {
  readonly socket: string;
  readonly pid: number;
  /** From the start of the process until its socket took a connection, milliseconds. */
  readonly readyMs: number;
  usage(): Promise<ProcessUsage>;
  stop(): Promise<void>;
}

export interface PluginOptions {
  /** Two are baselines, which take nothing but their socket. */
  readonly role: 'node' | 'controller' | 'minimal' | 'naive';
  /** Where the bundles are; those of the baselines, `minimal.cjs` and `naive.cjs`, lie beside them. */
  readonly bundles: string;
  /** An empty directory for its socket and its log. */
  readonly directory: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** A command before Node's. */
  readonly launcher?: readonly string[];
}

/** A plugin as a pod runs it: the release bundle, the image's flags, the chart's options, a warm compile cache. */
export async function startPlugin(options: PluginOptions): Promise<Plugin> {
  const { role, bundles, directory, args, env = {}, launcher = [] } = options;
  const socket = join(directory, 'csi.sock');
  const likeRole = role === 'controller' || role === 'naive' ? 'controller' : 'node';
  const [program = process.execPath, ...programArgs] = [
    ...launcher,
    process.execPath,
    ...nodeFlags[likeRole],
    join(bundles, `${role}.cjs`),
    ...(role === 'minimal' || role === 'naive' ? [socket] : [role, '--endpoint', `unix://${socket}`]),
    ...args,
  ];
  const started = performance.now();
  const child = spawn(program, programArgs, {
    env: {
      PATH: process.env.PATH,
      NODE_OPTIONS: nodeOptions(likeRole),
      NODE_COMPILE_CACHE: join(bundles, 'compile-cache'),
      NODE_COMPILE_CACHE_PORTABLE: '1',
      ...env,
    },
    stdio: ['ignore', 'ignore', openSync(join(directory, 'log'), 'a')],
  });
  const ended = once(child, 'exit');
  while (!(await takesConnections(socket))) {
    if (child.exitCode !== null) throw new Error(`${role} ended at once, see ${join(directory, 'log')}`);
    await setTimeout(1);
  }
  return {
    socket,
    pid: child.pid ?? 0,
    readyMs: performance.now() - started,
    usage: () => usageOf([child.pid ?? 0]),
    stop: async () => {
      if (child.exitCode === null) child.kill('SIGTERM');
      await ended;
    },
  };
}

function takesConnections(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
