import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeClient } from '../../src/kube/client.ts';
import { leaseName } from '../../src/kube/lease-name.ts';
import { leases, persistentVolumeClaims, persistentVolumes } from '../../src/kube/resources.ts';
import { eventually } from '../testing/kubectl.ts';
import type { ControllerReplicas } from './controller-replicas.ts';
import { driver, steps } from './provisioning-world.ts';

const CLAIMS = 200;
/** Of the Lease, defaultLeaseTiming; and what the rest of the claims takes. */
const PATIENCE_MS = 180_000;

/** For a world with two replicas, of which one is lost for good. */
export function failoverScenario(world: () => ControllerReplicas & { readonly client: KubeClient }): void {
  const step = steps(world);
  const leader = async () => {
    const lease = { namespace: 'kube-system', name: leaseName(driver) };
    const found = await world()
      .client.get(leases, lease)
      .catch(() => undefined);
    return found?.spec?.holderIdentity ?? '';
  };
  const bound = async (namespace: string) => {
    const { items } = await world().client.list(persistentVolumeClaims, { namespace });
    return items.filter(({ status }) => status?.phase === 'Bound').length;
  };

  test(`the leader lost while ${CLAIMS} claims are pending: the other makes the rest, each once`, async () => {
    const namespace = await step.namespace();
    const lost = await eventually(leader, (name) => name !== '');
    const storageClass = await step.storageClass({
      parameters: { 'fs-name': 'lustrefs', 'mgs-ip-address': world().mgsAddress },
    });
    const making = Promise.all(Array.from({ length: CLAIMS }, () => step.claim(namespace, storageClass)));
    await eventually(
      () => bound(namespace),
      (count) => count > 0,
    );
    await world().loseReplica(lost);
    await making;
    assert.ok((await bound(namespace)) < CLAIMS, 'some were left for the other');
    await eventually(
      () => bound(namespace),
      (count) => count === CLAIMS,
      PATIENCE_MS,
    );
    assert.notEqual(await leader(), lost);
    const volumes = (await world().client.list(persistentVolumes)).items.filter(
      ({ spec }) => spec.claimRef?.namespace === namespace,
    );
    assert.equal(volumes.length, CLAIMS);
  });
}
