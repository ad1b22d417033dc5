import type { Clock } from '../../async/clock.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { Pod } from '../../kube/objects.ts';
import { type ExecRequest, type LogsRequest, type PodRuntime, PodRuntimeError } from '../pod-runtime.ts';
import { execInContainer } from './container/exec-in-container.ts';
import { readContainerLog } from './logs/read-container-log.ts';
import { containerEnv } from './pods/container-env.ts';
import { userOf } from './pods/container-plan.ts';
import type { PodContainers } from './pods/pod-containers.ts';
import { containersOf, initContainersOf, type NodeContainer } from './pods/pod-objects.ts';

/** kubectl logs and kubectl exec on this node's pods, with kubelet's refusals. */
export function servePods(ports: {
  readonly findPod: (namespace: string, name: string) => Pod | undefined;
  readonly containers: PodContainers;
  readonly client: KubeClient;
  readonly canChangeUser: boolean;
  readonly clock: Clock;
}): PodRuntime {
  const { containers, clock } = ports;

  const find = (request: {
    readonly namespace: string;
    readonly pod: string;
    readonly container: string | undefined;
  }) => {
    const pod = ports.findPod(request.namespace, request.pod);
    if (pod === undefined) throw new PodRuntimeError(404, `pods "${request.pod}" not found on this node`);
    return { pod, uid: pod.metadata.uid ?? '', container: chooseContainer(pod, request.container) };
  };

  return {
    async logs(request: LogsRequest) {
      const { pod, uid, container } = find(request);
      const state = containers.state(uid, container.name);
      const attempt = request.previous ? (state?.attempt ?? 0) - 1 : state?.attempt;
      if (request.previous && (attempt ?? -1) < 0)
        throw new PodRuntimeError(
          400,
          `previous terminated container "${container.name}" in pod "${request.pod}" not found`,
        );
      if (attempt === undefined)
        throw new PodRuntimeError(
          400,
          `container "${container.name}" in pod "${request.pod}" is waiting to start: ContainerCreating`,
        );
      const isRunning = () => {
        const now = containers.state(uid, container.name);
        return !request.previous && now?.attempt === attempt && now.phase !== 'exited';
      };
      return readContainerLog({
        ...request,
        path: containers.logFile(pod, container.name, attempt),
        isRunning,
        clock,
      });
    },
    async exec(request: ExecRequest) {
      const { pod, uid, container } = find(request);
      const state = containers.state(uid, container.name);
      if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed')
        throw new PodRuntimeError(
          400,
          `cannot exec into a container in a completed pod; current phase is ${pod.status.phase}`,
        );
      if (state?.phase !== 'running' || state.init === undefined)
        throw new PodRuntimeError(
          500,
          `unable to upgrade connection: container not found ("${container.name}")`,
        );
      const user = userOf(pod, container, ports.canChangeUser);
      const spec = {
        env: await containerEnv(pod, container, ports.client),
        workingDir: container.workingDir ?? '/',
        user,
        privileged: container.securityContext?.privileged === true,
      };
      return execInContainer({ ...request, initPid: state.init.pid, spec });
    },
  };
}

function chooseContainer(pod: Pod, name: string | undefined): NodeContainer {
  const all = [...containersOf(pod), ...initContainersOf(pod)];
  const [only, ...more] = containersOf(pod);
  const podName = pod.metadata.name;
  if (name === undefined && only !== undefined && more.length === 0) return only;
  if (name === undefined)
    throw new PodRuntimeError(
      400,
      `a container name must be specified for pod ${podName}, choose one of: [${all.map((one) => one.name).join(' ')}]`,
    );
  const chosen = all.find((one) => one.name === name);
  if (chosen === undefined)
    throw new PodRuntimeError(400, `container ${name} is not valid for pod ${podName}`);
  return chosen;
}
