import { installLustreMount } from '../../../sandbox/lustre/install-lustre-mount.ts';
import { startLustreServers } from '../../../sandbox/lustre/lustre-servers.ts';
import { HOST } from '../host.ts';
import { freePort } from '../ports.ts';
import type { DriverPart } from './driver-part.ts';

export const azureLustre: DriverPart = {
  name: 'azurelustre.csi.azure.com',
  cloud: 'azure',
  async startServers(dir, { clouds, run, log }) {
    const port = await freePort(clouds.azure?.mgsAddress || HOST);
    const servers = await startLustreServers({ stateDir: dir.root, port, run, log });
    await installLustreMount({
      binDir: dir.bin,
      stateDir: dir.root,
      searchPath: process.env.PATH ?? '',
    });
    return { node: { args: ['--lnet-port', String(port)] }, close: () => servers.close() };
  },
};
