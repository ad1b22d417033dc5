import { json } from 'node:stream/consumers';
import type { Clock } from '../src/async/clock.ts';
import type { FullSandboxInfo } from '../src/sandbox/state/run-file.ts';
import { httpsGet } from './https-get.ts';
import { textTable } from './text-table.ts';

/** What Azure itself says, asked over ARM's REST interface as any Azure client would. */
export interface CloudView {
  list(): Promise<readonly FileSystem[]>;
  /** One line per file system, in the way of `az amlfs list -o table`. */
  describe(): Promise<string>;
  waitForCount(count: number): Promise<void>;
}

export interface FileSystem {
  readonly name: string;
  readonly sku: { readonly name: string };
  readonly properties: {
    readonly provisioningState: string;
    readonly storageCapacityTiB: number;
    readonly clientInfo?: { readonly mgsAddress?: string };
  };
}

const API_VERSION = '2026-08-01';
const POLL_MS = 500;

export function openCloudView(
  azure: FullSandboxInfo['clouds']['azure'],
  ca: string,
  clock: Clock,
): CloudView {
  const path = `/subscriptions/${azure.subscriptionId}/providers/Microsoft.StorageCache/amlFilesystems`;
  const list = () => getJson(new URL(`${path}?api-version=${API_VERSION}`, azure.arm), ca);
  return {
    list,
    describe: async () => {
      const rows = (await list()).map(({ name, sku, properties }) => [
        name,
        sku.name,
        `${properties.storageCapacityTiB} TiB`,
        properties.provisioningState,
        properties.clientInfo?.mgsAddress ?? '',
      ]);
      return textTable([['NAME', 'SKU', 'CAPACITY', 'STATE', 'MGS'], ...rows]);
    },
    waitForCount: async (count) => {
      while ((await list()).length !== count) await clock.sleep(POLL_MS);
    },
  };
}

async function getJson(url: URL, ca: string): Promise<readonly FileSystem[]> {
  const answer = await httpsGet(url, { ca, headers: { authorization: 'Bearer demo' } });
  return ((await json(answer)) as { value: FileSystem[] }).value;
}
