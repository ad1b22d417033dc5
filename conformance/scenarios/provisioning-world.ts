import type { FileSystem } from '../../demo/cloud-view.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../src/kube/objects.ts';
import {
  events,
  namespaces,
  persistentVolumeClaims,
  persistentVolumes,
  storageClasses,
} from '../../src/kube/resources.ts';
import { eventually } from '../testing/kubectl.ts';

/** A cluster with `berth controller` serving Azure Lustre from a simulated Azure: what the scenarios need to know of it. */
export interface ProvisioningWorld {
  /** May do everything. */
  readonly client: KubeClient;
  /** Those made for claims, whatever their state. */
  fileSystems(): Promise<readonly FileSystem[]>;
  /** Of the file system that was there before. */
  readonly mgsAddress: string;
  /** kill -9; it is started again, as kubelet would. */
  killController(): Promise<void>;
}

export const driver = 'azurelustre.csi.azure.com';

/** The tutorial's class, in the sandbox's network. */
export const dynamicParameters = {
  'sku-name': 'AMLFS-Durable-Premium-125',
  zone: '1',
  'maintenance-day-of-week': 'Sunday',
  'maintenance-time-of-day-utc': '22:00',
} as const;

export interface Handled {
  readonly namespace: string;
  readonly name: string;
}

let serial = 0;
export const fresh = (prefix: string) => `${prefix}-${process.pid}-${++serial}`;

/** Steps that scenarios are told in. */
export function steps(world: () => Pick<ProvisioningWorld, 'client' | 'fileSystems'>) {
  const client = () => world().client;
  const findClaim = (claim: Handled) => client().get(persistentVolumeClaims, claim).catch(absent);
  return {
    async namespace(): Promise<string> {
      const name = fresh('ns');
      await client().create(namespaces, { metadata: { name } });
      return name;
    },
    async storageClass(changes: Partial<StorageClass> = {}): Promise<string> {
      const name = fresh('class');
      await client().create(storageClasses, {
        provisioner: driver,
        parameters: dynamicParameters,
        reclaimPolicy: 'Delete',
        ...changes,
        metadata: { name },
      });
      return name;
    },
    /** A volume that nobody provisioned, as an administrator writes it; returns its name. */
    async handWrittenVolume(volumeAttributes: Readonly<Record<string, string>>): Promise<string> {
      const name = fresh('by-hand');
      await client().create(persistentVolumes, {
        metadata: { name },
        spec: {
          capacity: { storage: '48Ti' },
          accessModes: ['ReadWriteMany'],
          persistentVolumeReclaimPolicy: 'Retain',
          csi: { driver, volumeHandle: name, volumeAttributes },
        },
      });
      return name;
    },
    async claim(
      namespace: string,
      storageClassName: string,
      spec: Partial<PersistentVolumeClaim['spec']> = {},
    ): Promise<Handled> {
      const claim = { namespace, name: fresh('claim') };
      await client().create(persistentVolumeClaims, {
        metadata: claim,
        spec: {
          accessModes: ['ReadWriteMany'],
          storageClassName,
          resources: { requests: { storage: '48Ti' } },
          ...spec,
        },
      });
      return claim;
    },
    remove: (claim: Handled) => client().delete(persistentVolumeClaims, claim),
    findClaim,
    async bound(claim: Handled): Promise<PersistentVolume> {
      const { spec } = await eventually(
        () => client().get(persistentVolumeClaims, claim),
        ({ status }) => status?.phase === 'Bound',
        30_000,
      );
      return await client().get(persistentVolumes, { name: spec.volumeName ?? '' });
    },
    gone: (claim: Handled) =>
      eventually(
        () => findClaim(claim),
        (found) => found === undefined,
        30_000,
      ),
    volumeGone: (name: string) =>
      eventually(
        () => client().get(persistentVolumes, { name }).catch(absent),
        (found) => found === undefined,
        30_000,
      ),
    /** `TYPE REASON MESSAGE`, oldest first. */
    async events(about: Handled) {
      const { items } = await client().list(events, {
        namespace: about.namespace,
        fieldSelector: `involvedObject.name=${about.name}`,
      });
      return items.map(({ type, reason, message, count = 1 }) => ({
        text: `${type} ${reason} ${message}`,
        count,
      }));
    },
    /** The file systems whose name is that of the claim’s volume. */
    async fileSystemsOf(claim: Handled) {
      const uid = (await findClaim(claim))?.metadata.uid;
      return (await world().fileSystems()).filter(({ name }) => name === `pvc-${uid}`);
    },
    fileSystems: () => world().fileSystems(),
  };
}

function absent(error: { readonly reason?: string }): undefined {
  if (error.reason !== 'NotFound') throw error;
}
