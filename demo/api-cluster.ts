import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import type { Clock } from '../src/async/clock.ts';
import { type KubeClient, KubeError } from '../src/kube/client.ts';
import type { ClusterConfig } from '../src/kube/cluster-config.ts';
import type { KubeObject } from '../src/kube/objects.ts';
import { collectionPath } from '../src/kube/resource-path.ts';
import {
  events,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  type Resource,
  resourceQuotas,
  storageClasses,
} from '../src/kube/resources.ts';
import { followText, getTable } from './api-text.ts';
import type { Cluster } from './cluster.ts';
import { execOverWebSocket } from './exec-over-web-socket.ts';
import type { Screen } from './screen.ts';

const NAMESPACE = 'default';
const POLL_MS = 200;

const resources: Readonly<Record<string, Resource>> = {
  pod: pods,
  pvc: persistentVolumeClaims,
  pv: persistentVolumes,
  storageclass: storageClasses,
  persistentvolumeclaim: persistentVolumeClaims,
  resourcequota: resourceQuotas,
};

/** The tutorial without kubectl: each command is printed as it would be typed, and its API calls are made here. */
export function apiCluster(options: {
  readonly client: KubeClient;
  readonly cluster: ClusterConfig;
  readonly screen: Screen;
  readonly clock: Clock;
}): Cluster {
  const { client, screen, clock } = options;
  const resource = (kind: string): Resource => {
    const found = resources[kind.toLowerCase()];
    if (!found) throw new Error(`the demo makes no API calls for ${kind}`);
    return found;
  };
  const named = (kind: string, name: string) => ({
    name,
    ...(resource(kind).namespaced && { namespace: NAMESPACE }),
  });

  const write = async (verb: 'apply' | 'create', file: string) => {
    screen.command(`kubectl ${verb} -f ${file}`);
    for (const document of parseAllDocuments(await readFile(file, 'utf8'))) {
      const object = document.toJS() as KubeObject & { kind: string };
      const { name = '' } = object.metadata;
      const target = resource(object.kind);
      if (target.namespaced) object.metadata.namespace = NAMESPACE;
      const isNew = verb === 'create' || !(await exists(object.kind, name));
      if (isNew) await client.create(target, object);
      else {
        const patch = { type: 'apply', body: object, fieldManager: 'berth-demo', force: true } as const;
        await client.patch(target, named(object.kind, name), patch);
      }
      screen.output(`${object.kind.toLowerCase()}/${name} ${isNew ? 'created' : 'configured'}`);
    }
  };

  const exists = async (kind: string, name: string) => {
    try {
      await client.get(resource(kind), named(kind, name));
      return true;
    } catch (error) {
      if (error instanceof KubeError && error.reason === 'NotFound') return false;
      throw error;
    }
  };

  return {
    apply: (file) => write('apply', file),
    create: (file) => write('create', file),
    get: async (kinds) => {
      screen.command(`kubectl get ${kinds}`);
      for (const kind of kinds.split(',')) {
        const target = resource(kind);
        const path = collectionPath(target, target.namespaced ? NAMESPACE : undefined);
        screen.output(await getTable(options.cluster, path));
      }
    },
    describeClaim: async (name) => {
      screen.command(`kubectl describe pvc ${name}`);
      const claim = await client.get(persistentVolumeClaims, { namespace: NAMESPACE, name });
      const { items } = await client.list(events, {
        namespace: NAMESPACE,
        fieldSelector: `involvedObject.uid=${claim.metadata.uid}`,
      });
      screen.output(
        `Name: ${name}\nStatus: ${claim.status?.phase}\nVolume: ${claim.spec.volumeName ?? ''}\nEvents:`,
      );
      for (const { type, reason, message } of items) screen.output(`  ${type}  ${reason}  ${message}`);
    },
    exec: async (pod, command, forMs) => {
      screen.command(`kubectl exec ${pod} -- ${command.join(' ')}`);
      const lines = screen.lines();
      const request = { namespace: NAMESPACE, pod, command, forMs, clock, onOutput: lines.write };
      const printed = await execOverWebSocket(options.cluster, request);
      lines.end();
      return printed;
    },
    followLogs: async (pod, forMs) => {
      screen.command(`kubectl logs -f ${pod}`);
      const lines = screen.lines();
      const path = `/api/v1/namespaces/${NAMESPACE}/pods/${pod}/log?follow=true`;
      await followText(options.cluster, path, { forMs, clock, onText: lines.write });
      lines.end();
    },
    delete: async (kind, name, flags = []) => {
      screen.command(['kubectl delete', kind, name, ...flags].join(' '));
      const grace = flags
        .map((flag) => /^--grace-period=(\d+)$/.exec(flag)?.[1])
        .find((value) => value !== undefined);
      const options = grace === undefined ? {} : { gracePeriodSeconds: Number(grace) };
      await client.delete(resource(kind), named(kind, name), options);
      if (!flags.includes('--wait=false')) await gone(kind, name);
      screen.output(`${kind} "${name}" deleted`);
    },
    waitReady: async (pod) => {
      screen.command(`kubectl wait --for=condition=Ready pod/${pod}`);
      for (;;) {
        const { status } = await client.get(pods, { namespace: NAMESPACE, name: pod });
        const conditions = (status?.conditions ?? []) as readonly { type: string; status: string }[];
        if (conditions.some(({ type, status }) => type === 'Ready' && status === 'True')) return;
        await clock.sleep(POLL_MS);
      }
    },
    waitDeleted: async (kind, name) => {
      screen.command(`kubectl wait --for=delete ${kind}/${name}`);
      await gone(kind, name);
    },
  };

  async function gone(kind: string, name: string): Promise<void> {
    while (await exists(kind, name)) await clock.sleep(POLL_MS);
  }
}
