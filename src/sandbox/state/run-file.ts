import { readFile, rm } from 'node:fs/promises';
import * as z from 'zod/mini';
import type { StateDir } from './state-dir.ts';
import { writeFileWhole } from './write-file-whole.ts';

const azureInfo = z.object({
  arm: z.string(),
  subscriptionId: z.string(),
  resourceGroup: z.string(),
  location: z.string(),
  vnet: z.string(),
  subnet: z.string(),
  mgsAddress: z.string(),
});

const awsInfo = z.object({
  /** Of every service: AWS_ENDPOINT_URL. */
  endpoint: z.string(),
  region: z.string(),
  fileSystemId: z.string(),
  /** AWS_EC2_METADATA_SERVICE_ENDPOINT of the sandbox's node. */
  metadataEndpoint: z.string(),
});

/** A cloud that was left out has no key. */
const cloudsInfo = z.object({ azure: z.optional(azureInfo), aws: z.optional(awsInfo) });

const sandboxInfo = z.object({
  cluster: z.enum(['embedded', 'assets', 'kubeconfig']),
  kubeconfig: z.string(),
  caFile: z.string(),
  /** The kubelet stand-in's Node; absent where it was left out. */
  node: z.optional(z.object({ name: z.string() })),
  clouds: cloudsInfo,
  drivers: z.record(z.string(), z.object({ controller: z.string(), node: z.string() })),
});

export type CloudsInfo = z.infer<typeof cloudsInfo>;
export type CloudName = keyof CloudsInfo;

/** What `berth sandbox start -o json` prints; its keys are promised in docs/reference/sandbox.md. */
export type SandboxInfo = z.infer<typeof sandboxInfo>;

/** Of a sandbox that was started with all its clouds, which is the default. */
export type FullSandboxInfo = SandboxInfo & {
  readonly clouds: { readonly [Name in CloudName]: NonNullable<CloudsInfo[Name]> };
};

const record = z.object({ pid: z.number(), startTime: z.string() });
const runFile = z.object({ sandbox: record, isolation: z.string(), info: sandboxInfo });

/** What a ready sandbox says of itself to `status` and `stop`. */
export type RunFile = z.infer<typeof runFile>;

export function writeRunFile(dir: StateDir, run: RunFile): Promise<void> {
  return writeFileWhole(dir.runFile, `${JSON.stringify(run, null, 2)}\n`);
}

/** Undefined where no sandbox has been ready, or the file is not one. */
export async function readRunFile(dir: StateDir): Promise<RunFile | undefined> {
  const text = await readFile(dir.runFile, 'utf8').catch(() => '');
  try {
    return z.safeParse(runFile, JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export function removeRunFile(dir: StateDir): Promise<void> {
  return rm(dir.runFile, { force: true });
}
