import { dirname } from 'node:path';
import type { KubeClient } from '../../src/kube/client.ts';
import { openKubeClient } from '../../src/kube/open-kube-client.ts';
import type { ControlPlane } from '../../src/sandbox/control-plane/start-control-plane.ts';
import { type CleansUp, openControlPlane } from '../control-plane/open-control-plane.ts';
import {
  type ControllerReplicas,
  openControllerReplicas,
  type ReplicaOptions,
} from './controller-replicas.ts';
import { controllerUser, grantControllerRole } from './controller-role.ts';

export interface RealWorld extends ControllerReplicas {
  readonly client: KubeClient;
  readonly cluster: ControlPlane;
}

/** A real control plane and a simulated Azure, with `berth controller` as a process that has only its own role's rights. */
export async function openRealWorld(t: CleansUp, options: ReplicaOptions): Promise<RealWorld> {
  const cluster = await openControlPlane(t, { users: [controllerUser], audit: true });
  const client = openKubeClient(cluster.configOf());
  await grantControllerRole(client);
  const kubeconfig = cluster.kubeconfigOf(controllerUser.name);
  const { logs } = cluster;
  const replicas = await openControllerReplicas(t, { directory: dirname(logs), kubeconfig, logs }, options);
  return { ...replicas, client, cluster };
}
