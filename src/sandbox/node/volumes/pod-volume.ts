import type { CsiVolume } from './csi-volume.ts';
import type { VolumeFile } from './file-volume.ts';

/** One volume of a pod, looked up and ready to be made. */
export type PodVolumePlan =
  | {
      readonly type: 'csi';
      readonly name: string;
      readonly readonly: boolean;
      readonly volume: CsiVolume;
      /** Undefined for an inline volume. */
      readonly claim: string | undefined;
    }
  | { readonly type: 'empty'; readonly name: string }
  | {
      readonly type: 'files';
      readonly name: string;
      readonly plugin: FilePlugin;
      readonly files: readonly VolumeFile[];
    }
  | {
      readonly type: 'host';
      readonly name: string;
      readonly path: string;
      readonly create: 'directory' | 'file' | undefined;
    };

export type FilePlugin = 'configmap' | 'secret' | 'downward-api' | 'projected';

/** Kinds of volume that the sandbox has; the others are refused by name. */
export const knownVolumeSources = [
  'persistentVolumeClaim',
  'csi',
  'ephemeral',
  'emptyDir',
  'configMap',
  'secret',
  'downwardAPI',
  'projected',
  'hostPath',
] as const;
