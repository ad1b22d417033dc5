import type { KubeClient } from '../../../kube/client.ts';
import type { KubeObject, Pod } from '../../../kube/objects.ts';
import { configMaps, type Resource, secrets } from '../../../kube/resources.ts';
import { found } from '../volumes/find-csi-volume.ts';
import { contentsOf, podField } from '../volumes/object-files.ts';
import { NODE_ADDRESS } from '../volumes/plan-pod-volume.ts';
import type { NodeContainer, ValueFrom } from './pod-objects.ts';

/** What is wrong with a container's definition; shown as CreateContainerConfigError. */
export class ContainerConfigError extends Error {
  override readonly name = 'ContainerConfigError';
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The variables of a container, in kubelet's order: what images set, `envFrom`, then `env`, later ones over earlier. */
export async function containerEnv(
  pod: Pod,
  container: NodeContainer,
  client: KubeClient,
): Promise<Record<string, string>> {
  const env: Record<string, string> = { PATH, HOSTNAME: pod.metadata.name ?? '', HOME: '/root' };
  const namespace = pod.metadata.namespace ?? '';
  const contents = async (kind: 'configmap' | 'secret', name: string, optional = false) => {
    const resource: Resource<KubeObject> = kind === 'secret' ? (secrets as Resource<KubeObject>) : configMaps;
    const object = await found(() => client.get(resource, { namespace, name }));
    if (object !== undefined) return contentsOf({ ...object, kind: resource.kind });
    if (optional) return undefined;
    throw new ContainerConfigError(`${kind} "${name}" not found`);
  };
  const fromKey = async (
    kind: 'configmap' | 'secret',
    { name, key, optional }: NonNullable<ValueFrom['secretKeyRef']>,
  ) => {
    const value = (await contents(kind, name, optional))?.get(key);
    if (value !== undefined || optional) return value?.toString();
    const what = kind === 'secret' ? 'Secret' : 'ConfigMap';
    throw new ContainerConfigError(`couldn't find key ${key} in ${what} ${namespace}/${name}`);
  };
  const resolveValue = async (from: ValueFrom): Promise<string | undefined> => {
    if (from.configMapKeyRef !== undefined) return fromKey('configmap', from.configMapKeyRef);
    if (from.secretKeyRef !== undefined) return fromKey('secret', from.secretKeyRef);
    if (from.fieldRef !== undefined) return podField(pod, from.fieldRef.fieldPath, { node: NODE_ADDRESS });
    throw new ContainerConfigError(
      `the sandbox limits no resources, so env cannot be taken from resourceFieldRef`,
    );
  };

  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const all =
      configMapRef !== undefined
        ? await contents('configmap', configMapRef.name, configMapRef.optional)
        : secretRef && (await contents('secret', secretRef.name, secretRef.optional));
    for (const [key, value] of all ?? []) env[prefix + key] = value.toString();
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    const result =
      valueFrom === undefined
        ? expandVariables(value ?? '', env)
        : await resolveValue(valueFrom as ValueFrom);
    if (result !== undefined) env[name] = result;
  }
  return env;
}

/** `$(NAME)` becomes the variable's value; `$$` is a dollar sign; what is not known stays as it is. */
export function expandVariables(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\$|\(([^)]*)\))/g, (whole, kind: string, name: string | undefined) => {
    if (kind === '$') return '$';
    return name !== undefined && Object.hasOwn(env, name) ? (env[name] ?? '') : whole;
  });
}
