import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Where kubelet keeps what belongs to pods, under its root directory. Drivers and people know these paths. */
export function kubeletPaths(rootDir: string) {
  const pods = join(rootDir, 'pods');
  const podDir = (uid: string) => join(pods, uid);
  const csiVolumes = (uid: string) => join(podDir(uid), 'volumes/kubernetes.io~csi');
  return {
    pods,
    podDir,
    containerDir: (uid: string, container: string) => join(podDir(uid), 'containers', container),
    /** Volumes that are plain directories: `kubernetes.io~empty-dir` and the like. */
    plainVolume: (uid: string, plugin: string, name: string) =>
      join(podDir(uid), 'volumes', `kubernetes.io~${plugin}`, name),
    csiVolumes,
    csiVolume: (uid: string, volume: string) => join(csiVolumes(uid), volume),
    csiTarget: (uid: string, volume: string) => join(csiVolumes(uid), volume, 'mount'),
    /** One staging path for a volume, however many pods use it. */
    csiStaging: (driver: string, handle: string) =>
      join(
        rootDir,
        'plugins/kubernetes.io/csi',
        driver,
        createHash('sha256').update(handle).digest('hex'),
        'globalmount',
      ),
    pluginsRegistry: join(rootDir, 'plugins_registry'),
  };
}

export type KubeletPaths = ReturnType<typeof kubeletPaths>;
