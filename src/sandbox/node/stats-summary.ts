import type { Pod } from '../../kube/objects.ts';
import type { StandingVolume, VolumeStats } from './volumes/volume-stats.ts';

/** kubelet's `/stats/summary`, of which the stand-in has the volumes. */
export function statsSummary(
  nodeName: string,
  pods: Iterable<Pod>,
  volumesOf: (podUid: string) => readonly StandingVolume[],
  latest: ReadonlyMap<string, VolumeStats>,
): object {
  return {
    node: { nodeName },
    pods: [...pods].map(({ metadata: { name, namespace, uid = '' } }) => ({
      podRef: { name, namespace, uid },
      volume: volumesOf(uid).flatMap((volume) => {
        const stats = latest.get(volume.path);
        if (stats === undefined) return [];
        const pvcRef = volume.claim === undefined ? {} : { pvcRef: { name: volume.claim, namespace } };
        return [{ ...stats, name: volume.name, ...pvcRef }];
      }),
    })),
  };
}
