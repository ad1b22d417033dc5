import { isIPv6 } from 'node:net';
import type { Clock } from '../../../async/clock.ts';
import { withDeadline } from '../../../async/deadline.ts';
import { CsiError } from '../../../csi/errors.ts';
import { errnoOf } from '../../../mount/errno.ts';
import type { NodePorts } from '../../driver-module.ts';
import type { MountTarget } from './mount-target.ts';

const answerWithinMs = 5_000;
const trustMs = 20_000;

/** Resolves when the mount target answers; throws `unavailable` with what to check when it does not. */
export type MountTargetGate = (
  target: MountTarget,
  fileSystemId: string,
  signal: AbortSignal,
) => Promise<void>;

/**
 * A mount from a target that does not answer hangs for as long as it may, so its port is tried first. A good answer is
 * trusted for 20 s: the many pods of one node ask for the same file system at once.
 */
export function createMountTargetGate(ports: {
  readonly clock: Clock;
  readonly dial: NodePorts['dial'];
  readonly nfsPort: number;
}): MountTargetGate {
  const { clock, dial, nfsPort } = ports;
  const answeredAt = new Map<string, number>();
  return async ({ address, host, serverName }, fileSystemId, signal) => {
    const last = answeredAt.get(address);
    if (last !== undefined && clock.now() - last < trustMs) return;
    const limit = withDeadline(clock, signal, clock.now() + answerWithinMs, () => new Error('no TCP answer'));
    try {
      await dial(address, nfsPort, limit.signal);
      answeredAt.set(address, clock.now());
    } catch (error) {
      if (signal.aborted)
        throw new CsiError('deadline-exceeded', `no time left to reach ${host}`, { cause: error });
      const heard = limit.signal.aborted
        ? `no TCP answer in ${answerWithinMs / 1000} s`
        : (errnoOf(error) ?? String(error));
      const endpoint = `${isIPv6(address) ? `[${address}]` : address}:${nfsPort}`;
      throw new CsiError(
        'unavailable',
        `${heard} from mount target ${endpoint} of ${fileSystemId} (${serverName}): allow inbound TCP ${nfsPort} (NFS) from the nodes' security group in the mount target's security group, and check that the file system has a mount target in a zone that this node reaches`,
        { cause: error },
      );
    } finally {
      limit.dispose();
    }
  };
}
