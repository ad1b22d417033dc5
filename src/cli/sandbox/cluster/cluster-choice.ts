import { access, constants } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ControlPlaneOptions } from '../../../sandbox/control-plane/start-control-plane.ts';
import { CommandFailure, exitCodes } from '../../exit-codes.ts';

/** What `--cluster` can name. */
export type ClusterChoice =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'assets'; readonly programs: ControlPlaneOptions['programs'] }
  | { readonly kind: 'kubeconfig'; readonly path: string };

const needed = { etcd: 'etcd', kubeApiserver: 'kube-apiserver' } as const;
const usedWhereThere = {
  kubeControllerManager: 'kube-controller-manager',
  kubeScheduler: 'kube-scheduler',
} as const;

/**
 * @throws CommandFailure that names the flag, the value and what is allowed: no such file, no KUBEBUILDER_ASSETS, or a
 *   program that is missing there.
 */
export async function chooseCluster(text: string, env: NodeJS.ProcessEnv): Promise<ClusterChoice> {
  if (text === 'embedded') return { kind: 'embedded' };
  if (text === 'assets') return { kind: 'assets', programs: await findPrograms(env.KUBEBUILDER_ASSETS) };
  const path = resolve(text);
  if (await may(path, constants.R_OK)) return { kind: 'kubeconfig', path };
  throw new CommandFailure(
    exitCodes.wrongUsage,
    `--cluster ${text}: it must be embedded, assets, or the path of a kubeconfig, and there is no file ${path} that can be read`,
  );
}

async function findPrograms(directory: string | undefined): Promise<ControlPlaneOptions['programs']> {
  if (!directory)
    throw new CommandFailure(
      exitCodes.wrongUsage,
      '--cluster assets: KUBEBUILDER_ASSETS is not set; it must name a directory with etcd and kube-apiserver, e.g. what "setup-envtest use -p path" prints',
    );
  const at = (name: string) => join(resolve(directory), name);
  for (const name of Object.values(needed)) {
    if (await may(at(name), constants.X_OK)) continue;
    throw new CommandFailure(
      exitCodes.machineLacks,
      `--cluster assets: KUBEBUILDER_ASSETS is ${directory}, and there is no program ${at(name)}; it must hold ${Object.values(needed).join(' and ')} (${Object.values(usedWhereThere).join(' and ')} are used where they are)`,
    );
  }
  const found: { -readonly [Key in keyof typeof usedWhereThere]?: string } = {};
  for (const key of ['kubeControllerManager', 'kubeScheduler'] as const)
    if (await may(at(usedWhereThere[key]), constants.X_OK)) found[key] = at(usedWhereThere[key]);
  return { etcd: at(needed.etcd), kubeApiserver: at(needed.kubeApiserver), ...found };
}

function may(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
