import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../testing/kubectl.ts';
import { MOUNT, type PodWorld, podSteps, restartsOf } from './pod-world.ts';

/** A pod that never notices that what mounts and runs it was killed and came back. */
export function restartScenarios(world: () => PodWorld): void {
  const step = podSteps(world);

  const busyPod = async () => {
    const claim = await step.claim(await step.namespace(), await step.staticClass());
    const file = `${MOUNT}/${claim.name}`;
    const pod = await step.pod(claim, { command: `(while sleep 0.2; do echo x >>${file}; done) &` });
    await step.ready(pod);
    const lines = async () => Number(await step.run(pod, `cat ${file} | wc -l`));
    await eventually(lines, (count) => count > 0);
    return { claim, pod, file, lines };
  };

  test('kubelet killed and started again: the pod writes on, without a restart, and ends as any other', async () => {
    const { claim, pod, lines } = await busyPod();
    const before = await step.findPod(pod);
    const written = await lines();
    await world().restartKubelet();
    await eventually(lines, (count) => count > written);
    const after = await step.findPod(pod);
    assert.equal(after?.metadata.uid, before?.metadata.uid);
    assert.equal(restartsOf(after), 0);
    await step.end(pod);
    await step.remove(claim);
    await step.gone(claim);
  });

  test('the node plugin killed: volumes stay mounted, and its successor unmounts them and mounts for others', async () => {
    const { claim, pod, file, lines } = await busyPod();
    const written = await lines();
    await world().restartNodePlugin();
    await eventually(lines, (count) => count > written);
    const next = await step.pod(claim);
    await step.ready(next);
    assert.match(await step.run(next, `head -n 1 ${file}`), /^x$/m);
    assert.equal(restartsOf(await step.findPod(pod)), 0);
    await Promise.all([step.end(pod), step.end(next)]);
    await step.remove(claim);
    await step.gone(claim);
  });
}
