import { systemClock } from '../../../async/clock.ts';
import { startAzureCloud } from '../../../sandbox/clouds/azure/start-azure-cloud.ts';
import { writeAzureFiles } from '../azure-files.ts';
import { HOST, serverCertificate } from '../host.ts';
import { preferredPort } from '../ports.ts';
import type { CloudPart } from './cloud-part.ts';

export const azureCloud: CloudPart = {
  name: 'azure',
  async start(dir, { authority, earlier, timeScale, log }) {
    const azure = await startAzureCloud({
      stateDir: dir.root,
      host: HOST,
      port: await preferredPort(earlier.azure?.arm),
      tls: await serverCertificate(authority),
      timeScale,
      clock: systemClock,
      log: log.child({ part: 'azure' }),
    });
    await writeAzureFiles(dir, azure, authority.caFile);
    const { url: arm, subscriptionId, resourceGroup, location, vnet, subnet, mgsAddress = '' } = azure;
    return {
      info: { azure: { arm, subscriptionId, resourceGroup, location, vnet, subnet, mgsAddress } },
      controller: {
        args: [
          ...['--azure-config-file', dir.azureConfigFile],
          ...['--azure-environment-file', dir.azureEnvironmentFile],
        ],
      },
      close: () => azure.close(),
    };
  },
};
