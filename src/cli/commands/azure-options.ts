import type { Command } from 'commander';
import type { AzureCloudConfig } from '../../cloud/azure/cloud-config.ts';
import type { OpenAzureOptions } from '../../cloud/azure/open-azure.ts';
import { existingFile, httpsUrl } from './option-values.ts';

/** What the command line may say about Azure; everything else comes from azure.json and the environment. */
export interface AzureFlags {
  readonly azureConfigFile?: string;
  readonly azureEnvironmentFile?: string;
  readonly azureTokenFile?: string;
  readonly armEndpoint?: string;
  readonly armCaFile?: string;
  readonly armApiVersion?: string;
  readonly subscriptionId?: string;
  readonly resourceGroup?: string;
  readonly location?: string;
  readonly vnetName?: string;
  readonly vnetResourceGroup?: string;
  readonly subnetName?: string;
}

export function addAzureOptions(command: Command): Command {
  return command
    .option(
      '--azure-config-file <file>',
      'azure.json (default: AZURE_CONFIG_FILE, then /etc/kubernetes/azure.json)',
    )
    .option(
      '--azure-environment-file <file>',
      'endpoints in the form of AZURE_ENVIRONMENT_FILEPATH, for a custom cloud',
      existingFile,
    )
    .option('--azure-token-file <file>', 'a bearer token to use instead of all credentials')
    .option('--arm-endpoint <url>', 'where Azure Resource Manager answers', httpsUrl)
    .option('--arm-ca-file <file>', 'certificate authorities to trust besides the system’s', existingFile)
    .option('--arm-api-version <version>', 'api-version of Microsoft.StorageCache')
    .option('--subscription-id <id>', 'overrides azure.json')
    .option('--resource-group <name>', 'overrides azure.json')
    .option('--location <region>', 'overrides azure.json')
    .option('--vnet-name <name>', 'overrides azure.json')
    .option('--vnet-resource-group <name>', 'overrides azure.json')
    .option('--subnet-name <name>', 'overrides azure.json');
}

type AzureChoice = Omit<OpenAzureOptions, 'userAgent' | 'env' | 'clock' | 'random' | 'log'>;

/** The flags under the names that `openAzure` takes; a flag that was not given is absent. */
export function azureChoice(flags: AzureFlags): AzureChoice {
  return {
    ...azureConfigOf(flags),
    ...given({
      azureJson: flags.azureConfigFile,
      environmentFile: flags.azureEnvironmentFile,
      tokenFile: flags.azureTokenFile,
      armEndpoint: flags.armEndpoint,
      caFile: flags.armCaFile,
      apiVersion: flags.armApiVersion,
    }),
  };
}

/** The fields of azure.json that flags override. */
export function azureConfigOf(flags: AzureFlags): AzureCloudConfig {
  return given({
    subscriptionId: flags.subscriptionId,
    resourceGroup: flags.resourceGroup,
    location: flags.location,
    vnetName: flags.vnetName,
    vnetResourceGroup: flags.vnetResourceGroup,
    subnetName: flags.subnetName,
  });
}

function given<Key extends string>(
  values: Record<Key, string | undefined>,
): { readonly [K in Key]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    readonly [K in Key]?: string;
  };
}
