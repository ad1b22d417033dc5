import { createConnection } from 'node:net';
import type { Clock } from '../../async/clock.ts';
import { type KubeClient, KubeError } from '../../kube/client.ts';
import { csiNodes } from '../../kube/resources.ts';
import type { StateDir } from '../../sandbox/state/state-dir.ts';

const TIMEOUT_MS = 30_000;
const POLL_MS = 25;

/** Resolves when every driver's sockets answer and its node plugin is registered. */
export async function waitForDrivers(
  dir: StateDir,
  options: {
    readonly client: KubeClient;
    readonly drivers: readonly string[];
    /** Undefined where there is no node to register on. */
    readonly nodeName: string | undefined;
    readonly clock: Clock;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { clock, signal, drivers, nodeName } = options;
  const giveUp = clock.now() + TIMEOUT_MS;
  const until = async (what: string, holds: () => Promise<boolean>) => {
    while (!(await holds())) {
      if (clock.now() > giveUp) {
        throw new Error(`${what} did not come up within ${TIMEOUT_MS / 1000} s; its log is in ${dir.logs}`);
      }
      await clock.sleep(POLL_MS, signal);
    }
  };
  for (const name of drivers) {
    await until(`the controller of ${name}`, () => answers(dir.controllerSocket(name)));
    if (nodeName === undefined) continue;
    await until(`the node plugin of ${name}`, () => answers(dir.nodeSocket(name)));
    await until(`the registration of ${name}`, () => isRegistered(options.client, nodeName, name, signal));
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

async function isRegistered(
  client: KubeClient,
  nodeName: string,
  driver: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { spec } = await client.get(csiNodes, { name: nodeName }, signal);
    return (spec.drivers ?? []).some(({ name }) => name === driver);
  } catch (error) {
    if (error instanceof KubeError && error.reason === 'NotFound') return false;
    throw error;
  }
}
