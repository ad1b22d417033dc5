import type { PersistentVolume, PersistentVolumeClaim } from '../../kube/objects.ts';
import { persistentVolumeClaims, persistentVolumes } from '../../kube/resources.ts';
import type { FakeCluster } from '../../kube/testing/fake-cluster.ts';

/** What kube-controller-manager does for provisioned volumes, done once: binds them, and releases those without a claim. */
export function bindVolumes(cluster: FakeCluster): void {
  for (const volume of cluster.all(persistentVolumes)) {
    const { claimRef } = volume.spec;
    if (claimRef === undefined) continue;
    const claim = cluster.find(persistentVolumeClaims, {
      namespace: claimRef.namespace ?? '',
      name: claimRef.name ?? '',
    });
    if (claim === undefined || claim.metadata.uid !== claimRef.uid) setPhase(cluster, volume, 'Released');
    else if (claim.status?.phase !== 'Bound') bind(cluster, claim, volume);
  }
}

function bind(cluster: FakeCluster, claim: PersistentVolumeClaim, volume: PersistentVolume): void {
  cluster.put(persistentVolumeClaims, {
    ...claim,
    spec: { ...claim.spec, volumeName: volume.metadata.name ?? '' },
    status: { phase: 'Bound', capacity: volume.spec.capacity ?? {} },
  });
  setPhase(cluster, volume, 'Bound');
}

function setPhase(cluster: FakeCluster, volume: PersistentVolume, phase: 'Bound' | 'Released'): void {
  if (volume.status?.phase !== phase) cluster.put(persistentVolumes, { ...volume, status: { phase } });
}
