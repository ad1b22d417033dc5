import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ControlPlane,
  type ControlPlaneOptions,
  startControlPlane,
} from '../../src/sandbox/control-plane/start-control-plane.ts';
import { findTool } from '../tools/find-tool.ts';
import { etcd, type GoTool, kubeApiserver, kubeControllerManager, kubeScheduler } from '../tools/tools.ts';

/** The least that a test context offers to clean up after itself. */
export interface CleansUp {
  after(done: () => Promise<void>): void;
}

const tools = [etcd, kubeApiserver, kubeControllerManager, kubeScheduler] as const;

/** Why there can be no real control plane on this machine, or false: for `skip`. */
export function controlPlaneRefusal(): string | false {
  for (const tool of tools) {
    const found = findTool(tool);
    if ('missing' in found) return found.missing;
  }
  return false;
}

export type OpenControlPlaneOptions = Omit<ControlPlaneOptions, 'directory' | 'programs'> & {
  /** Of kube-controller-manager and kube-scheduler; default true. */
  readonly controllers?: boolean;
};

/** A real control plane of its own for a test or a suite; stopped and removed when that ends. */
export async function openControlPlane(
  t: CleansUp,
  options: OpenControlPlaneOptions = {},
): Promise<ControlPlane> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-cp-'));
  let close = async () => {};
  t.after(async () => {
    await close();
    await rm(directory, { recursive: true, force: true });
  });
  const controlPlane = await startControlPlaneIn(directory, options);
  close = controlPlane.close;
  return controlPlane;
}

/** On a directory that the caller keeps; the caller closes it. */
export function startControlPlaneIn(
  directory: string,
  { controllers = true, ...options }: OpenControlPlaneOptions = {},
): Promise<ControlPlane> {
  return startControlPlane({
    launcher: launcher(),
    ...options,
    directory,
    programs: {
      etcd: pathOf(etcd),
      kubeApiserver: pathOf(kubeApiserver),
      ...(controllers && {
        kubeControllerManager: pathOf(kubeControllerManager),
        kubeScheduler: pathOf(kubeScheduler),
      }),
    },
  });
}

function pathOf(tool: GoTool): string {
  const found = findTool(tool);
  if ('missing' in found) throw new Error(found.missing);
  return found.path;
}

/** A test that is killed takes its control plane with it, where util-linux can arrange that (prctl PR_SET_PDEATHSIG). */
function launcher(): readonly string[] {
  const dieWithParent = ['setpriv', '--pdeathsig=KILL', '--'];
  const [program = '', ...args] = [...dieWithParent, 'true'];
  return spawnSync(program, args).status === 0 ? dieWithParent : [];
}
