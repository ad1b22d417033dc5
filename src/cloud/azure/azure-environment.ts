import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { CloudConfigError } from '../cloud-config-error.ts';
import { parseObject } from './azure-json.ts';

/** One Azure: the public one, a sovereign one, an Azure Stack, or a simulated one. */
export interface AzureEnvironment {
  readonly name: string;
  /** Where Azure Resource Manager answers. */
  readonly armEndpoint: string;
  /** Where tokens come from. */
  readonly authorityHost: string;
  /** OAuth scope of tokens for Azure Resource Manager. */
  readonly scope: string;
  /** PEM file with further certificate authorities to trust. */
  readonly caFile?: string;
  /** Microsoft's own directory of authorities does not know it. */
  readonly isCustom: boolean;
}

/** Endpoints as in Microsoft's documents on national clouds and in go-autorest's table. */
function knownCloud(name: string, arm: string, authority: string): AzureEnvironment {
  return { name, armEndpoint: arm, authorityHost: authority, scope: scopeOf(arm), isCustom: false };
}

const publicCloud = knownCloud(
  'AzurePublicCloud',
  'https://management.azure.com',
  'https://login.microsoftonline.com',
);
const governmentCloud = knownCloud(
  'AzureUSGovernmentCloud',
  'https://management.usgovcloudapi.net',
  'https://login.microsoftonline.us',
);
const chinaCloud = knownCloud(
  'AzureChinaCloud',
  'https://management.chinacloudapi.cn',
  'https://login.chinacloudapi.cn',
);

/** By lower-case name; go-autorest and the az command line differ in them. */
const clouds: ReadonlyMap<string, AzureEnvironment> = new Map([
  ['azurepubliccloud', publicCloud],
  ['azurecloud', publicCloud],
  ['azureusgovernmentcloud', governmentCloud],
  ['azureusgovernment', governmentCloud],
  ['azurechinacloud', chinaCloud],
]);

export interface EnvironmentChoice {
  /** A name from azure.json or AZURE_ENVIRONMENT; the public cloud where there is none. */
  readonly cloud?: string | undefined;
  /** A file in the form of AZURE_ENVIRONMENT_FILEPATH; goes before `cloud`. */
  readonly file?: string | undefined;
  /** Replaces the ARM endpoint of the above. */
  readonly armEndpoint?: string | undefined;
  /** Replaces the authority host of the above. */
  readonly authorityHost?: string | undefined;
  readonly caFile?: string | undefined;
}

/** Which Azure to talk to. Throws CloudConfigError. */
export async function chooseEnvironment(choice: EnvironmentChoice): Promise<AzureEnvironment> {
  const base = choice.file === undefined ? cloudNamed(choice.cloud) : await readEnvironmentFile(choice.file);
  const armEndpoint = choice.armEndpoint ?? base.armEndpoint;
  const authorityHost = choice.authorityHost || base.authorityHost;
  const caFile = choice.caFile ?? base.caFile;
  return {
    ...base,
    armEndpoint: httpsUrl('ARM endpoint', armEndpoint),
    authorityHost: httpsUrl('authority host', authorityHost),
    ...(caFile === undefined ? {} : { caFile }),
    isCustom: !isWellKnownAuthority(authorityHost),
  };
}

function cloudNamed(name: string | undefined): AzureEnvironment {
  if (name === undefined || name === '') return publicCloud;
  const found = clouds.get(name.toLowerCase());
  if (found !== undefined) return found;
  const allowed = [publicCloud, governmentCloud, chinaCloud].map((cloud) => cloud.name).join(', ');
  throw new CloudConfigError(
    'cloud',
    `"${name}" is not known; use one of ${allowed}, or describe it in a file (--azure-environment-file)`,
  );
}

const environmentFile = z.object({
  name: z.optional(z.string()),
  resourceManagerEndpoint: z.string(),
  activeDirectoryEndpoint: z.optional(z.string()),
  serviceManagementEndpoint: z.optional(z.string()),
  tokenAudience: z.optional(z.string()),
  /** Berth's own addition. */
  caFile: z.optional(z.string()),
});

/** Reads the file that Azure Stack's tools call AZURE_ENVIRONMENT_FILEPATH. Throws CloudConfigError. */
async function readEnvironmentFile(path: string): Promise<AzureEnvironment> {
  const content = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new CloudConfigError(path, 'the Azure environment file cannot be read', { cause });
  });
  const parsed = environmentFile.safeParse(parseObject(content, path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new CloudConfigError(path, `field ${issue?.path.join('.')} must be a string`);
  }
  const file = parsed.data;
  const armEndpoint = httpsUrl(`${path}: resourceManagerEndpoint`, file.resourceManagerEndpoint);
  return {
    name: file.name ?? 'AzureStackCloud',
    armEndpoint,
    authorityHost: httpsUrl(
      `${path}: activeDirectoryEndpoint`,
      file.activeDirectoryEndpoint ?? publicCloud.authorityHost,
    ),
    scope: scopeOf(file.tokenAudience || file.serviceManagementEndpoint || armEndpoint),
    ...(file.caFile === undefined ? {} : { caFile: file.caFile }),
    isCustom: !isWellKnownAuthority(file.activeDirectoryEndpoint ?? publicCloud.authorityHost),
  };
}

/** Tokens and secrets travel there, so nothing but HTTPS will do. Returned without a slash at the end. */
function httpsUrl(source: string, value: string): string {
  if (!URL.canParse(value) || new URL(value).protocol !== 'https:') {
    throw new CloudConfigError(source, `"${value}" must be a URL that begins with https://`);
  }
  return value.replace(/\/+$/, '');
}

function isWellKnownAuthority(host: string): boolean {
  const known = [publicCloud, governmentCloud, chinaCloud].map((cloud) => cloud.authorityHost);
  return known.includes(host.replace(/\/+$/, '').toLowerCase());
}

function scopeOf(audience: string): string {
  return `${audience.replace(/\/$/, '')}/.default`;
}
