/** Everything that decides how a container runs: worked out from the pod, its volumes and the machine before anything starts. */
export interface ContainerSpec {
  readonly hostname: string;
  /** Program and arguments, variables expanded. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir: string;
  readonly mounts: readonly ContainerMount[];
  readonly user: ContainerUser;
  /** False takes away what could reach the machine behind the container: mounting, devices, modules, tracing. */
  readonly privileged: boolean;
  /** An existing empty directory; the container's root is mounted on it inside its own mount namespace. */
  readonly rootDir: string;
}

export interface ContainerMount {
  /** On the machine, without symbolic links. */
  readonly source: string;
  /** In the container. */
  readonly target: string;
  readonly readonly: boolean;
  /** With what is mounted below it, as a hostPath. */
  readonly recursive: boolean;
}

export interface ContainerUser {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly groups: readonly number[];
}
