import { mkdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Pod } from '../../../kube/objects.ts';
import type { ContainerMount, ContainerSpec, ContainerUser } from '../container/container-spec.ts';
import type { MountedVolume } from '../volumes/volume-manager.ts';
import { containerCommand } from './container-command.ts';
import { ContainerConfigError, expandVariables } from './container-env.ts';
import { type NodeContainer, securityOf } from './pod-objects.ts';

/** How a container of a pod runs. @throws ContainerConfigError */
export async function planContainer(
  pod: Pod,
  container: NodeContainer,
  env: Readonly<Record<string, string>>,
  volumes: ReadonlyMap<string, MountedVolume>,
  options: {
    readonly rootDir: string;
    /** False in a user namespace, which has one user: everything runs as the sandbox's own. */
    readonly canChangeUser: boolean;
  },
): Promise<ContainerSpec> {
  const mounts: ContainerMount[] = [];
  for (const wanted of container.volumeMounts ?? []) {
    const volume = volumes.get(wanted.name);
    if (volume === undefined) throw new ContainerConfigError(`volume "${wanted.name}" is not there`);
    const subPath =
      wanted.subPathExpr === undefined ? wanted.subPath : expandVariables(wanted.subPathExpr, env);
    mounts.push({
      source: subPath ? await subPathOf(volume.path, subPath) : await realpath(volume.path),
      target: resolve('/', wanted.mountPath),
      readonly: volume.readonly || wanted.readOnly === true,
      recursive: volume.recursive,
    });
  }
  return {
    hostname: (pod.spec.hostname as string | undefined) ?? pod.metadata.name ?? '',
    command: containerCommand(container, env),
    env,
    workingDir: container.workingDir ?? '/',
    // A mount below another one comes after it.
    mounts: mounts.sort((a, b) => (a.target < b.target ? -1 : 1)),
    user: userOf(pod, container, options.canChangeUser),
    privileged: container.securityContext?.privileged === true,
    rootDir: options.rootDir,
  };
}

/** A directory of the volume, made where it is missing. A link out of the volume is refused. */
async function subPathOf(volumePath: string, subPath: string): Promise<string> {
  const volume = await realpath(volumePath);
  const wanted = join(volume, subPath);
  const isThere = await stat(wanted).then(
    () => true,
    () => false,
  );
  if (!isThere && isWithin(volume, wanted)) await mkdir(wanted, { recursive: true, mode: 0o750 });
  const path = await realpath(wanted).catch(() => '/');
  if (isWithin(volume, path)) return path;
  throw new ContainerConfigError(`subPath "${subPath}" leads out of its volume`);
}

function isWithin(directory: string, path: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

/** The user that the pod asks for, or the sandbox's own where there is no other. */
export function userOf(
  pod: Pod,
  { securityContext: own = {} }: NodeContainer,
  canChangeUser: boolean,
): ContainerUser {
  if (!canChangeUser) return { uid: undefined, gid: undefined, groups: [] };
  const shared = securityOf(pod);
  const fsGroup = shared.fsGroup === undefined ? [] : [shared.fsGroup];
  return {
    uid: own.runAsUser ?? shared.runAsUser,
    gid: own.runAsGroup ?? shared.runAsGroup,
    groups: [...(shared.supplementalGroups ?? []), ...fsGroup],
  };
}
