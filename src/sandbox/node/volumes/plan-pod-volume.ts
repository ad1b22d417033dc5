import type { KubeClient } from '../../../kube/client.ts';
import type { Pod, PodVolume } from '../../../kube/objects.ts';
import { configMaps, secrets } from '../../../kube/resources.ts';
import type { VolumeFile } from './file-volume.ts';
import { findClaimedVolume, found, inlineVolume } from './find-csi-volume.ts';
import { contentsOf, type FileSelection, objectFiles, podField } from './object-files.ts';
import { knownVolumeSources, type PodVolumePlan } from './pod-volume.ts';
import { VolumeError } from './volume-error.ts';

/** The address of the node and of every pod: containers share the machine's network. */
export const NODE_ADDRESS = '127.0.0.1';

interface DownwardSelection {
  readonly items?: readonly {
    readonly path: string;
    readonly mode?: number;
    readonly fieldRef?: { readonly fieldPath: string };
  }[];
  readonly defaultMode?: number;
}

interface Sources {
  readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly?: boolean };
  readonly ephemeral?: object;
  readonly csi?: Parameters<typeof inlineVolume>[2];
  readonly emptyDir?: object;
  readonly configMap?: FileSelection & { readonly name: string };
  readonly secret?: FileSelection & { readonly secretName: string };
  readonly downwardAPI?: DownwardSelection;
  readonly projected?: { readonly sources?: readonly ProjectedSource[]; readonly defaultMode?: number };
  readonly hostPath?: { readonly path: string; readonly type?: string };
}

interface ProjectedSource {
  readonly configMap?: FileSelection & { readonly name: string };
  readonly secret?: FileSelection & { readonly name: string };
  readonly downwardAPI?: DownwardSelection;
  /** Not served: the sandbox gives no tokens to pods. */
  readonly serviceAccountToken?: object;
}

/** Looks up all that a pod's volume needs. Throws VolumeError with what is missing. */
export async function planPodVolume(pod: Pod, volume: PodVolume, client: KubeClient): Promise<PodVolumePlan> {
  const { name } = volume;
  const source = volume as PodVolume & Sources;
  const lookup = createLookup(pod, client);
  if (source.persistentVolumeClaim !== undefined || source.ephemeral !== undefined) {
    const { claimName, readOnly = false } = source.persistentVolumeClaim ?? {
      claimName: `${pod.metadata.name}-${name}`,
    };
    const csi = await findClaimedVolume(pod, claimName, readOnly, client);
    return { type: 'csi', name, readonly: csi.readonly, volume: csi, claim: claimName };
  }
  if (source.csi !== undefined) {
    const csi = await inlineVolume(pod, name, source.csi, client);
    return { type: 'csi', name, readonly: csi.readonly, volume: csi, claim: undefined };
  }
  if (source.configMap !== undefined)
    return { type: 'files', name, plugin: 'configmap', files: await lookup.configMap(source.configMap) };
  if (source.secret !== undefined) {
    const files = await lookup.secret({ ...source.secret, name: source.secret.secretName });
    return { type: 'files', name, plugin: 'secret', files };
  }
  if (source.downwardAPI !== undefined)
    return { type: 'files', name, plugin: 'downward-api', files: lookup.downward(source.downwardAPI) };
  if (source.projected !== undefined)
    return { type: 'files', name, plugin: 'projected', files: await lookup.projected(source.projected) };
  if (source.hostPath !== undefined) {
    const { path, type } = source.hostPath;
    const create = type === 'DirectoryOrCreate' ? 'directory' : type === 'FileOrCreate' ? 'file' : undefined;
    return { type: 'host', name, path, create };
  }
  const kind = Object.keys(volume).find((key) => key !== 'name');
  if (kind === undefined || kind === 'emptyDir') return { type: 'empty', name };
  throw new VolumeError(
    `the sandbox has no volumes of kind ${kind}; it has ${knownVolumeSources.join(', ')}`,
  );
}

function createLookup(pod: Pod, client: KubeClient) {
  const namespace = pod.metadata.namespace ?? '';
  const configMap = async (wanted: FileSelection & { readonly name: string }) => {
    const object = await found(() => client.get(configMaps, { namespace, name: wanted.name }));
    if (object !== undefined)
      return objectFiles(contentsOf({ ...object, kind: 'ConfigMap' }), wanted, 'config');
    if (wanted.optional) return [];
    throw new VolumeError(`configmap "${wanted.name}" not found`);
  };
  const secret = async (wanted: FileSelection & { readonly name: string }) => {
    const object = await found(() => client.get(secrets, { namespace, name: wanted.name }));
    if (object !== undefined) return objectFiles(contentsOf({ ...object, kind: 'Secret' }), wanted, 'secret');
    if (wanted.optional) return [];
    throw new VolumeError(`secret "${wanted.name}" not found`);
  };
  const downward = (wanted: DownwardSelection): VolumeFile[] =>
    (wanted.items ?? []).map(({ path, mode, fieldRef }) => {
      const value = podField(pod, fieldRef?.fieldPath ?? '', { node: NODE_ADDRESS });
      if (value === undefined) throw new VolumeError(`unsupported fieldPath: ${fieldRef?.fieldPath}`);
      return { path, content: Buffer.from(value), mode: mode ?? wanted.defaultMode ?? 0o644 };
    });
  const projected = async ({ sources = [], defaultMode }: NonNullable<Sources['projected']>) => {
    const mode = defaultMode === undefined ? {} : { defaultMode };
    const files: VolumeFile[] = [];
    for (const source of sources) {
      // The root certificates come with the token, and there is no token here.
      const optional = sources.some(({ serviceAccountToken }) => serviceAccountToken !== undefined);
      if (source.configMap !== undefined)
        files.push(...(await configMap({ ...mode, optional, ...source.configMap })));
      if (source.secret !== undefined) files.push(...(await secret({ ...mode, ...source.secret })));
      if (source.downwardAPI !== undefined) files.push(...downward({ ...mode, ...source.downwardAPI }));
    }
    return files;
  };
  return { configMap, secret, downward, projected };
}
