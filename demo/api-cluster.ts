import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import type { Clock } from '../src/async/clock.ts';
import { type KubeClient, KubeError } from '../src/kube/client.ts';
import { kubeconfigConfig } from '../src/kube/kubeconfig.ts';
import type { KubeObject } from '../src/kube/objects.ts';
import {
  events,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  type Resource,
  resourceQuotas,
  storageClasses,
} from '../src/kube/resources.ts';
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
  readonly kubeconfig: string;
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
      if (verb === 'create') await client.create(target, object);
      else {
        const patch = { type: 'apply', body: object, fieldManager: 'berth-demo', force: true } as const;
        await client.patch(target, named(object.kind, name), patch);
      }
      screen.output(`${object.kind.toLowerCase()}/${name} ${verb === 'create' ? 'created' : 'configured'}`);
    }
  };

  const rows = (list: readonly KubeObject[]) =>
    list.map(({ metadata, status }) => {
      const phase = metadata.deletionTimestamp
        ? 'Terminating'
        : (status as { phase?: string } | undefined)?.phase;
      return `${metadata.name}  ${phase ?? ''}`;
    });

  return {
    apply: (file) => write('apply', file),
    create: (file) => write('create', file),
    get: async (kinds) => {
      screen.command(`kubectl get ${kinds}`);
      for (const kind of kinds.split(',')) {
        const { items } = await client.list(
          resource(kind),
          resource(kind).namespaced ? { namespace: NAMESPACE } : {},
        );
        screen.output(rows(items).join('\n'));
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
      const cluster = await kubeconfigConfig({ path: options.kubeconfig, clock });
      const printed = await execOverWebSocket(cluster, { namespace: NAMESPACE, pod, command, forMs, clock });
      screen.output(printed);
      return printed;
    },
    followLogs: async (pod) => {
      screen.command(`kubectl logs -f ${pod}`);
      const printed = await client.getPath(`/api/v1/namespaces/${NAMESPACE}/pods/${pod}/log`).catch(() => '');
      screen.output(typeof printed === 'string' ? printed : '');
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
    for (;;) {
      try {
        await client.get(resource(kind), named(kind, name));
      } catch (error) {
        if (error instanceof KubeError && error.reason === 'NotFound') return;
        throw error;
      }
      await clock.sleep(POLL_MS);
    }
  }
}
