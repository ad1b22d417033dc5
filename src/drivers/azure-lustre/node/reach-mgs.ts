import { CsiError } from '../../../csi/errors.ts';
import type { CommandResult } from '../../../mount/command.ts';
import { answerWithinMs, missingTcpAnswer } from '../../../mount/missing-tcp-answer.ts';
import { ProgramMissingError } from '../../../mount/run-command.ts';
import type { NodePorts } from '../../driver-module.ts';
import { isLnetLoaded } from './client-module.ts';

const pingWithinMs = 60_000;
const controlWithinMs = 5_000;

/** Longer than both questions and their clean-up: whoever waits so long has an answer. */
export const reachWithinMs = answerWithinMs + pingWithinMs + controlWithinMs + 10_000;

export type ReachPorts = Pick<NodePorts, 'clock' | 'dial' | 'lnetPort' | 'run' | 'readText'>;

/**
 * Asks the MGS by TCP, and by LNet's own ping where the node has its tools: a firewall may pass the first and drop the
 * second. Throws `failed-precondition` with what to check. Takes `reachWithinMs` at most.
 */
export async function reachMgs(ports: ReachPorts, mgsAddress: string): Promise<void> {
  const { lnetPort } = ports;
  const missing = await missingTcpAnswer(ports, mgsAddress, lnetPort, new AbortController().signal);
  if (missing !== undefined)
    throw unreachable(
      mgsAddress,
      `${missing.heard} on port ${lnetPort}: allow inbound TCP ${lnetPort} from the nodes in the network security group of the file system's subnet, and check that its virtual network is the nodes' own or peered with it`,
      missing.cause,
    );
  const heard = await failedPing(ports, mgsAddress);
  if (heard === undefined) return;
  throw unreachable(
    mgsAddress,
    `It answers on TCP port ${lnetPort} but not to LNet (lnetctl ping ${mgsAddress}@tcp: ${heard}): allow TCP ${lnetPort} in both directions, and compare the networks that "lnetctl net show" lists with those of the node`,
  );
}

/** What an LNet ping came to, or undefined where it was answered or the node cannot ask. */
async function failedPing(ports: ReachPorts, mgsAddress: string): Promise<string | undefined> {
  if (!isLnetLoaded(ports.readText)) return undefined;
  const ping = await lnetctl(ports, ['ping', `${mgsAddress}@tcp`], pingWithinMs);
  if (ping === undefined || ping.exitCode === 0 || ping.exitCode === 127) return undefined;
  if (ping.timedOut) return `no answer in ${pingWithinMs / 1000} s`;
  // A lnetctl that cannot even list the node's own networks says nothing about the MGS.
  const control = await lnetctl(ports, ['net', 'show'], controlWithinMs);
  if (control?.exitCode !== 0) return undefined;
  return `${ping.stderr}${ping.stdout}`.trim().split('\n').at(-1)?.trim() || `exit code ${ping.exitCode}`;
}

async function lnetctl(
  { run }: ReachPorts,
  args: readonly string[],
  timeoutMs: number,
): Promise<CommandResult | undefined> {
  try {
    return await run({ program: 'lnetctl', args, timeoutMs });
  } catch (error) {
    if (error instanceof ProgramMissingError) return undefined;
    throw error;
  }
}

function unreachable(mgsAddress: string, reason: string, cause?: unknown): CsiError {
  return new CsiError(
    'failed-precondition',
    `MGS IP address "${mgsAddress}" is not reachable; verify the cluster IP address. ${reason}`,
    { cause },
  );
}
