import { readFile, rm } from 'node:fs/promises';
import * as z from 'zod/mini';
import type { StateDir } from './state-dir.ts';
import { writeFileWhole } from './write-file-whole.ts';

const sandboxInfo = z.object({
  kubeconfig: z.string(),
  caFile: z.string(),
  clouds: z.object({
    azure: z.object({
      arm: z.string(),
      subscriptionId: z.string(),
      resourceGroup: z.string(),
      location: z.string(),
      vnet: z.string(),
      subnet: z.string(),
      mgsAddress: z.string(),
    }),
  }),
  drivers: z.record(z.string(), z.object({ controller: z.string(), node: z.string() })),
});

/** What `berth sandbox start -o json` prints; its keys are promised in docs/reference/sandbox.md. */
export type SandboxInfo = z.infer<typeof sandboxInfo>;

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
