import type { Agent } from 'node:https';
import type { Clock } from '../../async/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Environment } from '../environment.ts';
import { createHttpsAgent } from '../https-agent.ts';
import type { AmlFilesystems } from './aml-filesystem.ts';
import { createAmlFilesystems, defaultStorageCacheApiVersion } from './aml-filesystems.ts';
import { createArmClient } from './arm-client.ts';
import { type AzureEnvironment, chooseEnvironment } from './azure-environment.ts';
import { type CredentialHints, readAzureJson } from './azure-json.ts';
import type { AzureCloudConfig } from './cloud-config.ts';
import { openCredential } from './credential.ts';
import { chooseCredentials } from './credential-choice.ts';
import { createHttpExchange } from './http-exchange.ts';
import { tcpProbe } from './tcp-probe.ts';
import { tokenFile } from './token-file.ts';
import { credentialTokens, type TokenSource } from './token-source.ts';

type ConfigFlags = { readonly [Field in keyof AzureCloudConfig]?: string | undefined };

/** Flags and the process' surroundings. What a flag says goes before azure.json. */
export interface OpenAzureOptions extends ConfigFlags {
  /** Path of the cloud configuration instead of AZURE_CONFIG_FILE, AZURE_CREDENTIAL_FILE and AKS' own place. */
  readonly azureJson?: string | undefined;
  /** File in the form of AZURE_ENVIRONMENT_FILEPATH (Azure Stack), with `caFile` as an addition. */
  readonly environmentFile?: string | undefined;
  readonly armEndpoint?: string | undefined;
  /** PEM file with certificate authorities to trust besides the system's. */
  readonly caFile?: string | undefined;
  /** File with a bearer token, instead of all credentials; read again for each request. */
  readonly tokenFile?: string | undefined;
  /** Of Microsoft.StorageCache. */
  readonly apiVersion?: string | undefined;
  /** Begins the User-Agent of requests, e.g. `azurelustre.csi.azure.com/0.1.0`. */
  readonly userAgent: string;
  readonly env: Environment;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly log: Log;
  /** Default: nothing is measured. */
  readonly metrics?: Metrics;
}

const attemptTimeoutMs = 60_000;

/**
 * Azure as the drivers see it. Reads the configuration and checks its form, but asks nobody anything: the first call
 * loads Azure's packages and fetches a token. Throws CloudConfigError.
 */
export async function openAzure(options: OpenAzureOptions): Promise<{
  readonly config: AzureCloudConfig;
  readonly filesystems: AmlFilesystems;
}> {
  const { env } = options;
  const azureJson = await readAzureJson(options.azureJson, env);
  const config = { ...azureJson?.config, ...configFrom(options) };
  const environment = await chooseEnvironment({
    cloud: azureJson?.cloud ?? env.AZURE_ENVIRONMENT,
    file: options.environmentFile ?? (env.AZURE_ENVIRONMENT_FILEPATH || undefined),
    armEndpoint: options.armEndpoint ?? azureJson?.resourceManagerEndpoint,
    authorityHost: env.AZURE_AUTHORITY_HOST,
    caFile: options.caFile,
  });
  const agent = await createHttpsAgent(env, environment.caFile);
  const tokens = tokensFor(options, azureJson?.hints ?? {}, environment, agent);
  const client = createArmClient({
    endpoint: environment.armEndpoint,
    tokens,
    exchange: createHttpExchange({ agent, userAgent: options.userAgent, attemptTimeoutMs }),
    clock: options.clock,
    random: options.random,
    log: options.log,
    ...(options.metrics && { metrics: options.metrics }),
  });
  const filesystems = createAmlFilesystems({
    client,
    subscriptionId: config.subscriptionId,
    apiVersion: options.apiVersion ?? defaultStorageCacheApiVersion,
    clock: options.clock,
  });
  return { config, filesystems };
}

function tokensFor(
  { clock, env, tokenFile: path }: OpenAzureOptions,
  hints: CredentialHints,
  environment: AzureEnvironment,
  agent: Agent,
): TokenSource {
  if (path !== undefined) return tokenFile(path);
  return credentialTokens({
    choices: chooseCredentials(hints, env),
    scope: environment.scope,
    clock,
    open: (choice) => openCredential(choice, { environment, agent }),
    hasMetadataService: (signal) => tcpProbe('169.254.169.254', 80, signal),
  });
}

const configFields = [
  'subscriptionId',
  'networkSubscriptionId',
  'resourceGroup',
  'location',
  'vnetName',
  'vnetResourceGroup',
  'subnetName',
] as const satisfies readonly (keyof AzureCloudConfig)[];

function configFrom(flags: ConfigFlags): AzureCloudConfig {
  return Object.fromEntries(configFields.flatMap((field) => (flags[field] ? [[field, flags[field]]] : [])));
}
