import type { AzureCloud } from '../../sandbox/clouds/azure/start-azure-cloud.ts';
import type { StateDir } from '../../sandbox/state/state-dir.ts';
import { writeFileWhole } from '../../sandbox/state/write-file-whole.ts';

/** What AKS and Azure Stack put on a node, for the controller: azure.json and the cloud's endpoints. */
export async function writeAzureFiles(dir: StateDir, azure: AzureCloud, caFile: string): Promise<void> {
  const environment = {
    name: 'BerthSandbox',
    resourceManagerEndpoint: azure.url,
    activeDirectoryEndpoint: azure.url,
    tokenAudience: azure.url,
    caFile,
  };
  const config = {
    cloud: 'BerthSandbox',
    tenantId: azure.tenantId,
    subscriptionId: azure.subscriptionId,
    resourceGroup: azure.resourceGroup,
    location: azure.location,
    vnetName: azure.vnet,
    vnetResourceGroup: azure.resourceGroup,
    subnetName: azure.subnet,
    aadClientId: '5a4db000-0000-4000-8000-00000000c11e',
    aadClientSecret: 'any secret is taken',
  };
  await writeFileWhole(dir.azureEnvironmentFile, JSON.stringify(environment, null, 2));
  await writeFileWhole(dir.azureConfigFile, JSON.stringify(config, null, 2));
}
