/**
 * Where a driver's defaults come from: AKS' `azure.json` (env AZURE_CREDENTIAL_FILE / AZURE_CONFIG_FILE, else
 * `/etc/kubernetes/azure.json`) or flags. Every field may be absent; the driver says which one it misses.
 */
export interface AzureCloudConfig {
  readonly subscriptionId?: string;
  readonly networkSubscriptionId?: string;
  readonly resourceGroup?: string;
  readonly location?: string;
  readonly vnetName?: string;
  readonly vnetResourceGroup?: string;
  readonly subnetName?: string;
}
