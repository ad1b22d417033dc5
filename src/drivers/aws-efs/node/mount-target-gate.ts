import { isIPv6 } from 'node:net';
import type { Clock } from '../../../async/clock.ts';
import { CsiError } from '../../../csi/errors.ts';
import { missingTcpAnswer } from '../../../mount/missing-tcp-answer.ts';
import type { NodePorts } from '../../driver-module.ts';
import type { MountTarget } from './mount-target.ts';

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
  const { clock, nfsPort } = ports;
  const answeredAt = new Map<string, number>();
  return async ({ address, host, serverName }, fileSystemId, signal) => {
    const last = answeredAt.get(address);
    if (last !== undefined && clock.now() - last < trustMs) return;
    const missing = await missingTcpAnswer(ports, address, nfsPort, signal).catch((cause: unknown) => {
      throw new CsiError('deadline-exceeded', `no time left to reach ${host}`, { cause });
    });
    if (missing === undefined) {
      answeredAt.set(address, clock.now());
      return;
    }
    const endpoint = `${isIPv6(address) ? `[${address}]` : address}:${nfsPort}`;
    throw new CsiError(
      'unavailable',
      `${missing.heard} from mount target ${endpoint} of ${fileSystemId} (${serverName}): allow inbound TCP ${nfsPort} (NFS) from the nodes' security group in the mount target's security group, and check that the file system has a mount target in a zone that this node reaches`,
      { cause: missing.cause },
    );
  };
}
