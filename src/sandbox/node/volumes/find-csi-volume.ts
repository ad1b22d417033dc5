import { createHash } from 'node:crypto';
import { type KubeClient, KubeError } from '../../../kube/client.ts';
import type { KubeObject, PersistentVolume, Pod, SecretReference } from '../../../kube/objects.ts';
import { csiDrivers, persistentVolumeClaims, persistentVolumes, secrets } from '../../../kube/resources.ts';
import type { CsiVolume } from './csi-volume.ts';
import { VolumeError } from './volume-error.ts';

interface CsiDriverObject extends KubeObject {
  spec?: { podInfoOnMount?: boolean; volumeLifecycleModes?: string[]; fsGroupPolicy?: string };
}

/** The CSI volume behind a claim, with the secrets and attributes that its driver is to get. Throws VolumeError. */
export async function findClaimedVolume(
  pod: Pod,
  claimName: string,
  readonly: boolean,
  client: KubeClient,
): Promise<CsiVolume> {
  const namespace = pod.metadata.namespace ?? '';
  const claim = await found(() => client.get(persistentVolumeClaims, { namespace, name: claimName }));
  if (claim === undefined) throw new VolumeError(`persistentvolumeclaim "${claimName}" not found`);
  if (claim.status?.phase !== 'Bound' || !claim.spec.volumeName)
    throw new VolumeError(`PVC ${namespace}/${claimName} is not bound`);
  const name = claim.spec.volumeName;
  const volume = await found(() => client.get(persistentVolumes, { name }));
  if (volume?.spec.csi === undefined) throw new VolumeError(refusalOf(name, volume));
  if (volume.spec.volumeMode === 'Block')
    throw new VolumeError(`volume ${name} has volumeMode Block, which the sandbox does not have`);
  const { csi, mountOptions = [], accessModes = [] } = volume.spec;
  return {
    name,
    driver: csi.driver,
    handle: csi.volumeHandle,
    lifecycle: 'Persistent',
    readonly: readonly || csi.readOnly === true,
    fsType: csi.fsType ?? '',
    mountFlags: mountOptions,
    accessModes,
    context: { ...csi.volumeAttributes, ...(await podInfo(pod, csi.driver, 'Persistent', client)) },
    publishSecrets: await secretOf(csi.nodePublishSecretRef, client),
    stageSecrets: await secretOf(csi.nodeStageSecretRef, client),
  };
}

interface InlineSource {
  readonly driver: string;
  readonly readOnly?: boolean;
  readonly fsType?: string;
  readonly volumeAttributes?: Readonly<Record<string, string>>;
  readonly nodePublishSecretRef?: { readonly name: string };
}

/** A volume that lives and dies with its pod; its handle is made of both names, as kubelet makes it. */
export async function inlineVolume(
  pod: Pod,
  name: string,
  source: InlineSource,
  client: KubeClient,
): Promise<CsiVolume> {
  const { namespace = '', uid = '' } = pod.metadata;
  const info = await podInfo(pod, source.driver, 'Ephemeral', client);
  const reference = source.nodePublishSecretRef && { namespace, name: source.nodePublishSecretRef.name };
  return {
    name,
    driver: source.driver,
    handle: `csi-${createHash('sha256').update(`${name}${namespace}${pod.metadata.name}${uid}`).digest('hex')}`,
    lifecycle: 'Ephemeral',
    readonly: source.readOnly === true,
    fsType: source.fsType ?? '',
    mountFlags: [],
    accessModes: ['ReadWriteOnce'],
    context: { ...source.volumeAttributes, ...info },
    publishSecrets: await secretOf(reference, client),
    stageSecrets: {},
  };
}

/** What the CSIDriver object asks kubelet to tell its plugin about the pod. */
async function podInfo(
  pod: Pod,
  driver: string,
  lifecycle: CsiVolume['lifecycle'],
  client: KubeClient,
): Promise<Record<string, string>> {
  const object = await found(() => client.get<CsiDriverObject>(csiDrivers, { name: driver }));
  const modes = object?.spec?.volumeLifecycleModes ?? ['Persistent'];
  if (!modes.includes(lifecycle))
    throw new VolumeError(
      `volume mode "${lifecycle}" not supported by driver ${driver} (only supports ${JSON.stringify(modes)})`,
    );
  if (object?.spec?.podInfoOnMount !== true) return {};
  const { name = '', namespace = '', uid = '' } = pod.metadata;
  return {
    'csi.storage.k8s.io/pod.name': name,
    'csi.storage.k8s.io/pod.namespace': namespace,
    'csi.storage.k8s.io/pod.uid': uid,
    'csi.storage.k8s.io/serviceAccount.name': pod.spec.serviceAccountName ?? 'default',
    'csi.storage.k8s.io/ephemeral': `${lifecycle === 'Ephemeral'}`,
  };
}

/** The driver's fsGroupPolicy, Kubernetes' default where it says none. */
export async function fsGroupPolicyOf(driver: string, client: KubeClient): Promise<string> {
  const object = await found(() => client.get<CsiDriverObject>(csiDrivers, { name: driver }));
  return object?.spec?.fsGroupPolicy ?? 'ReadWriteOnceWithFSType';
}

async function secretOf(
  reference: SecretReference | undefined,
  client: KubeClient,
): Promise<Record<string, string>> {
  if (reference === undefined) return {};
  const { namespace, name } = reference;
  const secret = await found(() => client.get(secrets, { namespace, name }));
  if (secret === undefined) throw new VolumeError(`secret ${namespace}/${name} not found`);
  const entries = Object.entries(secret.data ?? {});
  return Object.fromEntries(entries.map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]));
}

function refusalOf(name: string, volume: PersistentVolume | undefined): string {
  if (volume === undefined) return `persistentvolume "${name}" not found`;
  return `volume ${name} is not a CSI volume; the sandbox mounts no others`;
}

/** The object, or undefined where the server has none. */
export async function found<T>(get: () => Promise<T>): Promise<T | undefined> {
  try {
    return await get();
  } catch (error) {
    if (error instanceof KubeError && error.reason === 'NotFound') return undefined;
    throw error;
  }
}
