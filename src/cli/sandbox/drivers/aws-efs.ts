import { systemClock } from '../../../async/clock.ts';
import { installNfsMount } from '../../../sandbox/nfs/install-nfs-mount.ts';
import { startNfsServers } from '../../../sandbox/nfs/nfs-servers.ts';
import { efsTunnelDir, nodeStateDir } from '../efs-node-dir.ts';
import { freePort } from '../ports.ts';
import type { DriverPart } from './driver-part.ts';

export const awsEfs: DriverPart = {
  name: 'efs.csi.aws.com',
  cloud: 'aws',
  async startServers(dir, { exports: { efs }, log }) {
    if (efs === undefined) throw new Error('the simulated AWS has no EFS');
    const [address = '127.0.0.1'] = efs.all().flatMap(({ addresses }) => addresses);
    const port = await freePort(address);
    const tunnelDir = efsTunnelDir(dir);
    const servers = await startNfsServers({
      stateDir: dir.root,
      port,
      exports: efs,
      tunnelDir,
      clock: systemClock,
      log,
    });
    await installNfsMount({
      binDir: dir.bin,
      socketPath: servers.socketPath,
      searchPath: process.env.PATH ?? '',
    });
    const args = ['--nfs-port', String(port), '--state-dir', nodeStateDir(dir)];
    return { node: { args }, close: () => servers.close() };
  },
};
