import { lookup } from 'node:dns/promises';
import { systemClock } from '../../async/clock.ts';
import type { NodeAws } from '../../cloud/aws/open-node-aws.ts';
import type { EfsNodePorts } from '../../drivers/driver-module.ts';
import type { NodeFlags } from '../commands/node.ts';

/** What EFS needs of this node; AWS is opened when a mount first asks for it. */
export function openEfsNodePorts(
  flags: Pick<NodeFlags, 'mounter' | 'stateDir' | 'efsCaFile' | 'nfsPort'>,
  env: NodeJS.ProcessEnv,
): EfsNodePorts {
  let opened: Promise<NodeAws> | undefined;
  return {
    mounter: flags.mounter,
    stateDir: flags.stateDir,
    caFile: flags.efsCaFile,
    nfsPort: flags.nfsPort,
    lookup: async (name) => {
      // The dot keeps resolv.conf's search list out, which in a cluster is several lookups long.
      const found = await lookup(`${name}.`, { all: true }).catch(() => lookup(name, { all: true }));
      return found.map(({ address }) => address);
    },
    aws() {
      opened ??= import('../../cloud/aws/open-node-aws.ts').then(({ openNodeAws }) =>
        openNodeAws({ env, clock: systemClock }),
      );
      return opened;
    },
  };
}
