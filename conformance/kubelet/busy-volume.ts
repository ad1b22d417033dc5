import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseMountinfo } from '../../src/mount/mountinfo.ts';
import { fresh } from '../scenarios/provisioning-world.ts';
import { eventually } from '../testing/kubectl.ts';
import { tutorialImage } from './build-images.ts';
import type { KubeletWorld } from './kubelet-world.ts';
import { lustreStateDir } from './lustre-stand-in.ts';

/** A pod that writes a line into its volume five times a second, and the volume. */
export interface BusyVolume {
  readonly namespace: string;
  readonly pod: string;
  readonly claim: string;
  /** Resolves once the pod has written a line more than there is now. */
  writesOn(): Promise<void>;
  /** Of the pod's container. */
  restarts(): Promise<number>;
  /** Deletes the pod, and resolves when the node has no mount of it any more. */
  removePod(): Promise<void>;
  removeAll(): Promise<void>;
}

export async function openBusyVolume(world: KubeletWorld): Promise<BusyVolume> {
  const { kubectl, azure } = world;
  const name = fresh('busy');
  const apply = async (...items: readonly object[]) => {
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const done = await kubectl.withInput(list, 'apply', '-f', '-');
    assert.equal(done.exitCode, 0, done.stderr);
  };
  await apply(namespaceOf(name), classOf(name, azure.mgsAddress), claimOf(name));
  await kubectl('wait', '-n', name, '--for=create', 'serviceaccount/default', '--timeout=60s');
  await apply(podOf(name));
  await kubectl('wait', '-n', name, '--for=condition=Ready', `pod/${name}`, '--timeout=60s');
  const uid = await kubectl('get', 'pod', '-n', name, name, '-o', 'jsonpath={.metadata.uid}');
  const file = join(lustreStateDir, 'lustre', azure.mgsAddress, 'data', name);
  const lines = async () => (await readFile(file, 'utf8').catch(() => '')).split('\n').length;
  const removePod = async () => {
    await kubectl('delete', 'pod', '-n', name, name, '--wait', '--timeout=60s');
    await eventually(
      async () => parseMountinfo(await readFile('/proc/self/mountinfo', 'utf8')),
      (mounts) =>
        mounts.every(({ mountPoint }) => !mountPoint.includes(`/pods/${uid}/volumes/kubernetes.io~csi/`)),
    );
  };
  return {
    namespace: name,
    pod: name,
    claim: name,
    async writesOn() {
      const before = await lines();
      await eventually(lines, (now) => now > before, 20_000);
    },
    async restarts() {
      const path = 'jsonpath={.status.containerStatuses[0].restartCount}';
      return Number(await kubectl('get', 'pod', '-n', name, name, '-o', path));
    },
    removePod,
    async removeAll() {
      await kubectl('delete', 'namespace', name, '--wait=false');
      await kubectl('delete', 'storageclass', name);
    },
  };
}

const namespaceOf = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

const classOf = (name: string, mgsAddress: string) => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner: 'azurelustre.csi.azure.com',
  parameters: { 'fs-name': 'lustrefs', 'mgs-ip-address': mgsAddress },
  reclaimPolicy: 'Delete',
});

const claimOf = (name: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: name },
  spec: {
    accessModes: ['ReadWriteMany'],
    storageClassName: name,
    resources: { requests: { storage: '48Ti' } },
  },
});

/** A shell that is process 1 hears SIGTERM only where it has a trap, and only between its commands. */
const podOf = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: name },
  spec: {
    containers: [
      {
        name: 'writer',
        image: tutorialImage,
        command: ['/bin/sh', '-c', `trap 'exit 0' TERM; while :; do echo x >>/data/${name}; sleep 0.2; done`],
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      },
    ],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name } }],
  },
});
