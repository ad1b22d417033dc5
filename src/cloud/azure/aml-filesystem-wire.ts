import * as z from 'zod/mini';
import type { AmlFilesystem } from './aml-filesystem.ts';
import { AzureError } from './azure-error.ts';

const health = z.object({
  state: z.exactOptional(z.string()),
  statusCode: z.exactOptional(z.string()),
  statusDescription: z.exactOptional(z.string()),
});

const clientInfo = z.object({
  mgsAddress: z.exactOptional(z.string()),
  mountCommand: z.exactOptional(z.string()),
  lustreVersion: z.exactOptional(z.string()),
});

const provisioningStates = ['Canceled', 'Creating', 'Deleting', 'Failed', 'Succeeded', 'Updating'] as const;

/** A state that a later version of the service may add is one in which something is under way. */
const provisioningState = z.catch(z.enum(provisioningStates), 'Updating');

const hsm = z.object({
  settings: z.exactOptional(
    z.object({
      container: z.string(),
      loggingContainer: z.string(),
      importPrefixesInitial: z.exactOptional(z.array(z.string())),
    }),
  ),
});

const rootSquashSettings = z.object({
  mode: z.catch(z.enum(['None', 'RootOnly', 'All']), 'None'),
  noSquashNidLists: z.exactOptional(z.string()),
  squashUID: z.exactOptional(z.number()),
  squashGID: z.exactOptional(z.number()),
});

const encryptionSettings = z.object({
  keyEncryptionKey: z.exactOptional(
    z.object({ keyUrl: z.string(), sourceVault: z.object({ id: z.string() }) }),
  ),
});

const amlFilesystem = z.object({
  id: z.exactOptional(z.string()),
  name: z.exactOptional(z.string()),
  location: z.string(),
  tags: z.exactOptional(z.record(z.string(), z.string())),
  zones: z.exactOptional(z.array(z.string())),
  sku: z.exactOptional(z.object({ name: z.string() })),
  identity: z.exactOptional(
    z.object({
      type: z.enum(['UserAssigned', 'None']),
      userAssignedIdentities: z.exactOptional(z.record(z.string(), z.looseObject({}))),
    }),
  ),
  properties: z.object({
    storageCapacityTiB: z.number(),
    currentStorageCapacityTiB: z.exactOptional(z.number()),
    filesystemSubnet: z.string(),
    maintenanceWindow: z.object({ dayOfWeek: z.string(), timeOfDayUTC: z.string() }),
    provisioningState: z.exactOptional(provisioningState),
    health: z.exactOptional(health),
    clientInfo: z.exactOptional(clientInfo),
    hsm: z.exactOptional(hsm),
    rootSquashSettings: z.exactOptional(rootSquashSettings),
    encryptionSettings: z.exactOptional(encryptionSettings),
  }),
});

/** A body of `amlFilesystems`, as ARM answers it. Throws AzureError naming the field that is not as documented. */
export function parseAmlFilesystem(body: unknown): AmlFilesystem {
  return parseBody('amlFilesystems', amlFilesystem, body);
}

const subnetSize = z.object({ filesystemSubnetSize: z.number() });

/** The answer of getRequiredAmlFSSubnetsSize, in IP addresses. */
export function parseRequiredSubnetSize(body: unknown): number {
  return parseBody('getRequiredAmlFSSubnetsSize', subnetSize, body).filesystemSubnetSize;
}

const usage = z.object({
  id: z.optional(z.string()),
  currentValue: z.number(),
  limit: z.number(),
  name: z.optional(z.object({ value: z.optional(z.string()) })),
});

/** One entry of a list of usages: how many of `limit` are in use. */
export type Usage = z.infer<typeof usage>;

/** The entries that can be read; services mix in some without a limit. */
export function parseUsages(entries: readonly unknown[]): readonly Usage[] {
  return entries.flatMap((entry) => usage.safeParse(entry).data ?? []);
}

/** A body in a form that is documented; throws AzureError naming the field that is not. */
export function parseBody<Schema extends z.ZodMiniType>(
  what: string,
  schema: Schema,
  body: unknown,
): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.join('.') || 'the body');
  throw new AzureError(
    'server',
    `Azure answered ${what} in a form that is not documented: see ${fields.join(', ')}`,
  );
}
