import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { CloudConfigError } from '../cloud-config-error.ts';
import type { Environment } from '../environment.ts';
import type { AzureCloudConfig } from './cloud-config.ts';

/** Where AKS puts its cloud configuration on every node. */
const defaultAzureJsonPath = '/etc/kubernetes/azure.json';

/** What azure.json says about whom to be. Empty and absent are the same, as for the Go programs that share the file. */
export interface CredentialHints {
  readonly tenantId?: string;
  readonly aadClientId?: string;
  readonly aadClientSecret?: string;
  readonly useManagedIdentityExtension?: boolean;
  /** Client id, or the resource id of the identity. */
  readonly userAssignedIdentityID?: string;
}

export interface AzureJson {
  /** The file, for messages. */
  readonly path: string;
  readonly config: AzureCloudConfig;
  readonly hints: CredentialHints;
  /** go-autorest's name of the cloud, e.g. `AzurePublicCloud`. */
  readonly cloud?: string;
  readonly resourceManagerEndpoint?: string;
}

const text = z.exactOptional(z.string());
const fields = {
  cloud: text,
  tenantId: text,
  subscriptionId: text,
  networkResourceSubscriptionID: text,
  resourceGroup: text,
  location: text,
  vnetName: text,
  vnetResourceGroup: text,
  subnetName: text,
  resourceManagerEndpoint: text,
  aadClientId: text,
  aadClientSecret: text,
  useManagedIdentityExtension: z.exactOptional(z.boolean()),
  userAssignedIdentityID: text,
} as const;
const schema = z.object(fields);

/** Go reads JSON keys without regard to case, and hand-written files rely on it. */
const canonicalNames = new Map(Object.keys(fields).map((name) => [name.toLowerCase(), name]));

/**
 * Reads the cloud configuration: `path`, else AZURE_CONFIG_FILE or AZURE_CREDENTIAL_FILE, else AKS' own place. Only
 * there may it be missing (a machine outside AKS): then undefined. Throws CloudConfigError naming file and field.
 */
export async function readAzureJson(
  path: string | undefined,
  env: Environment,
): Promise<AzureJson | undefined> {
  const asked = path ?? (env.AZURE_CONFIG_FILE || env.AZURE_CREDENTIAL_FILE || undefined);
  const file = asked ?? defaultAzureJsonPath;
  try {
    return parseAzureJson(await readFile(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof CloudConfigError) throw error;
    if (asked === undefined && error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return undefined;
    throw new CloudConfigError(file, 'no cloud config provided, error: the file cannot be read', {
      cause: error,
    });
  }
}

/** Parses the content of an azure.json. Pure. */
export function parseAzureJson(content: string, path: string): AzureJson {
  const parsed = schema.safeParse(knownFields(parseObject(content, path)));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const expected = issue?.code === 'invalid_type' ? issue.expected : 'something else';
    throw new CloudConfigError(path, `field ${issue?.path.join('.')} must be a ${expected}`);
  }
  const { cloud, resourceManagerEndpoint, networkResourceSubscriptionID, ...rest } = parsed.data;
  const {
    tenantId,
    aadClientId,
    aadClientSecret,
    useManagedIdentityExtension,
    userAssignedIdentityID,
    ...config
  } = rest;
  return {
    path,
    config: given({ ...config, networkSubscriptionId: networkResourceSubscriptionID }),
    hints: given({
      tenantId,
      aadClientId,
      aadClientSecret,
      useManagedIdentityExtension,
      userAssignedIdentityID,
    }),
    ...given({ cloud, resourceManagerEndpoint }),
  };
}

/** A JSON object, or an error that quotes nothing of a file that may hold a client secret. */
export function parseObject(content: string, path: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    // V8's message quotes the text around the fault; only its place is safe to show.
    const place = /line \d+ column \d+/.exec(error instanceof Error ? error.message : '')?.[0];
    throw new CloudConfigError(path, `is not valid JSON${place === undefined ? '' : ` (${place})`}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CloudConfigError(path, 'must hold a JSON object');
  }
  return value as Readonly<Record<string, unknown>>;
}

function knownFields(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const known: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) {
    const name = canonicalNames.get(key.toLowerCase());
    if (name !== undefined && value !== null && value !== '') known[name] = value;
  }
  return known;
}

/** The properties that have a value. */
function given<Fields extends object>(
  fields: Fields,
): { readonly [K in keyof Fields]?: Exclude<Fields[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof Fields]?: Exclude<Fields[K], undefined>;
  };
}
