import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../../async/clock.ts';
import { type Log, silentLog } from '../../../telemetry/log.ts';
import { numberParameter } from '../faults/fault.ts';
import { openFaultBook } from '../faults/fault-book.ts';
import { serveFaults } from '../faults/serve-faults.ts';
import { lustreKind, openFileSystemDirectories } from '../file-system-directories.ts';
import { listenHttps } from '../http/listen-https.ts';
import { keepControlToken } from '../state/control-token.ts';
import { armFace } from './arm/arm-face.ts';
import type { ArmRequest } from './arm/arm-request.ts';
import { type ArmOutcome, createArm } from './arm/serve-arm.ts';
import type { Cloud } from './cloud.ts';
import { content, fillNewState } from './content.ts';
import { type FaultBook, faultKinds } from './faults/fault-kinds.ts';
import { createSubnets } from './network/subnets.ts';
import { createAccessTokens } from './oauth/access-token.ts';
import { serveOauth } from './oauth/oauth-routes.ts';
import { openAzureState } from './state/open-state.ts';
import { type Filesystems, followFilesystems } from './storage-cache/filesystems.ts';

export interface AzureCloudOptions {
  /** Holds the state file, the control token and the file systems' data. */
  readonly stateDir: string;
  readonly host?: string;
  /** 0, the default: any free one. */
  readonly port?: number;
  /** PEM, for the names and addresses it is to be reached by. */
  readonly tls: { readonly cert: string; readonly key: string };
  /** How many times faster than in Azure long work passes. */
  readonly timeScale?: number;
  readonly clock?: Clock;
  readonly log?: Log;
  /** Of a new state; an older one keeps its own, for the resource IDs in it. */
  readonly subscriptionId?: string;
  readonly tenantId?: string;
  /** Numbers from 0 up to 1, for faults with a rate. */
  readonly random?: () => number;
  /** Entries in a page of a list. */
  readonly pageSize?: number;
}

/** A running simulated Azure. The names are those of the content every new one has. */
export interface AzureCloud {
  /** ARM and the token endpoint, without a slash at the end. */
  readonly url: string;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly vnet: string;
  readonly subnet: string;
  /** Of the file system that is there from the beginning; undefined once it was deleted. */
  readonly mgsAddress: string | undefined;
  /** Opens `/_sandbox/faults`. */
  readonly controlToken: string;
  readonly faults: FaultBook;
  readonly filesystems: Pick<Filesystems, 'serving' | 'onChange'>;
  /** May be called again; work under way goes on at the next start. */
  close(): Promise<void>;
}

export const DEFAULT_SUBSCRIPTION_ID = '5a4db000-0000-4000-8000-00000000b347';
export const DEFAULT_TENANT_ID = '5a4db000-0000-4000-8000-000000007e4a';

/**
 * Starts the simulated Azure on what `stateDir` remembers; work under way goes on by the clock, also over the time it
 * was not running. Throws StateFileError for a state it cannot read.
 */
export async function startAzureCloud(options: AzureCloudOptions): Promise<AzureCloud> {
  const { clock = systemClock, log = silentLog, tenantId = DEFAULT_TENANT_ID } = options;
  await mkdir(options.stateDir, { recursive: true, mode: 0o700 });
  const controlToken = await readControlToken(options.stateDir);
  const state = openAzureState(join(options.stateDir, 'azure.db'));
  const subscriptionId = fillNewState(state, options.subscriptionId ?? DEFAULT_SUBSCRIPTION_ID, clock.now());
  const faults = openFaultBook(faultKinds, state.faults, options.random ?? Math.random);
  const context = { state, faults, clock, timeScale: options.timeScale ?? 60 };
  const directories = openFileSystemDirectories(options.stateDir, lustreKind, (error, path) =>
    log.warn({ err: error, path }, 'files of a deleted file system stay behind'),
  );
  const filesystems = followFilesystems(context, directories, (error) =>
    log.error({ err: error }, 'the file systems do not follow the clock'),
  );
  const subnets = createSubnets(state, faults, subscriptionId);
  const cloud: Cloud = {
    ...context,
    subscriptionId,
    tenantId,
    subnets,
    filesystems,
    pageSize: options.pageSize ?? 10,
  };
  const server = await listenHttps(
    { host: options.host ?? '127.0.0.1', port: options.port ?? 0, tls: options.tls, log },
    armFace(createFrontDoor(cloud, controlToken)),
  ).catch(async (error: unknown) => {
    await filesystems.close();
    state.close();
    throw error;
  });
  let closing: Promise<void> | undefined;
  return {
    url: server.url,
    subscriptionId,
    tenantId,
    resourceGroup: content.resourceGroup,
    location: content.location,
    vnet: content.vnet,
    subnet: content.subnet,
    mgsAddress: state.filesystems.all().find((filesystem) => filesystem.name === content.filesystem)
      ?.mgsAddress,
    controlToken,
    faults,
    filesystems,
    close: () => {
      closing ??= (async () => {
        await server.close();
        await filesystems.close();
        state.close();
      })();
      return closing;
    },
  };
}

/** Tells apart the sandbox's own door, the token endpoint and ARM; `slow` holds for the last two. */
function createFrontDoor(cloud: Cloud, controlToken: string): (request: ArmRequest) => Promise<ArmOutcome> {
  const tokens = createAccessTokens(cloud.tenantId);
  const arm = createArm(cloud, tokens, content.location);
  return async (request) => {
    const own = serveFaults(request, cloud.faults, controlToken);
    if (own !== undefined) return own;
    const slow = cloud.faults.take('slow', request);
    if (slow !== undefined) await cloud.clock.sleep(numberParameter(slow, 'milliseconds', 0));
    return serveOauth(request, tokens, cloud.faults, cloud.clock) ?? arm(request);
  };
}

/** Opens `/_sandbox/faults` of the simulated Azure whose state is there. */
export function readControlToken(stateDir: string): Promise<string> {
  return keepControlToken(join(stateDir, 'azure-control-token'));
}
