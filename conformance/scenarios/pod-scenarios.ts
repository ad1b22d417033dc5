import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namespaces, persistentVolumeClaims, pods } from '../../src/kube/resources.ts';
import { eventually } from '../testing/kubectl.ts';
import { MOUNT, type PodWorld, podSteps } from './pod-world.ts';

/** What a user with pods relies on, on whatever cluster and whoever runs the pods. */
export function podScenarios(world: () => PodWorld): void {
  const step = podSteps(world);
  const client = () => world().client;

  test('a pod writes to its volume, and what it wrote is there for the next one', async () => {
    const claim = await step.claim(await step.namespace(), await step.staticClass());
    const file = `${MOUNT}/${claim.name}`;
    const first = await step.pod(claim, { command: `echo started; echo hello >${file}` });
    await step.ready(first);
    assert.match(await step.run(first, `df ${MOUNT}`), /@tcp:\/lustrefs\s.* \/data$/m);
    await eventually(
      () => step.logs(first),
      (text) => text.includes('started'),
    );
    await step.end(first);
    const second = await step.pod(claim);
    await step.ready(second);
    assert.equal(await step.run(second, `cat ${file}`), 'hello\n');
    await step.end(second);
    await step.remove(claim);
    await step.gone(claim);
  });

  test('two pods on one claim see each other’s files', async () => {
    const claim = await step.claim(await step.namespace(), await step.staticClass());
    const [one, two] = await Promise.all([step.pod(claim), step.pod(claim)]);
    await Promise.all([step.ready(one), step.ready(two)]);
    const file = `${MOUNT}/${claim.name}`;
    await step.run(one, `echo from one >${file}`);
    assert.equal(await step.run(two, `cat ${file}`), 'from one\n');
    await step.end(one);
    await step.run(two, `echo from two >>${file}`);
    assert.equal(await step.run(two, `cat ${file}`), 'from one\nfrom two\n');
    await step.end(two);
  });

  test('a StatefulSet scaled up gets a claim for each pod, scaled down keeps them, and up again takes the same', async () => {
    const namespace = await step.namespace();
    const set = await step.statefulSet(namespace, await step.staticClass(), 1);
    const pod = (ordinal: number) => ({ namespace, name: `${set.name}-${ordinal}` });
    const claim = (ordinal: number) => ({ namespace, name: `data-${set.name}-${ordinal}` });
    await step.ready(pod(0));
    await step.scale(set, 3);
    await Promise.all([1, 2].map((ordinal) => step.ready(pod(ordinal))));
    const volume = await step.bound(claim(2));
    await step.scale(set, 1);
    await Promise.all([2, 1].map((ordinal) => step.podGone(pod(ordinal))));
    assert.ok(await step.findPod(pod(0)));
    assert.equal((await client().list(persistentVolumeClaims, { namespace })).items.length, 3);
    await step.scale(set, 3);
    await step.ready(pod(2));
    assert.equal((await step.bound(claim(2))).metadata.uid, volume.metadata.uid);
    await step.scale(set, 0);
    await Promise.all([0, 1, 2].map((ordinal) => step.podGone(pod(ordinal))));
  });

  test('a volume is read-only by the pod, on a claim of either mode, and by the class’ mount options', async () => {
    const namespace = await step.namespace();
    const plain = await step.staticClass();
    const writable = await step.claim(namespace, plain);
    const readMany = await step.claim(namespace, plain, { accessModes: ['ReadOnlyMany'] });
    const optionRo = await step.claim(namespace, await step.staticClass({ mountOptions: ['ro'] }));
    const made = await Promise.all([
      step.pod(writable, { readOnly: true }),
      step.pod(readMany, { readOnly: true }),
      step.pod(optionRo),
    ]);
    await Promise.all(made.map(step.ready));
    for (const pod of made) {
      const refused = await step.tried(pod, `echo x >${MOUNT}/${pod.name}`);
      assert.notEqual(refused.exitCode, 0);
      assert.match(refused.stderr, /Read-only file system/);
    }
    // The claim that one pod only reads is another's to write.
    const writer = await step.pod(writable);
    await step.ready(writer);
    await step.run(writer, `echo x >${MOUNT}/${writer.name}`);
    assert.equal(await step.run(made[0], `cat ${MOUNT}/${writer.name}`), 'x\n');
    await Promise.all([...made, writer].map(step.end));
  });

  test('a claim that waits for its first consumer is Bound when a pod comes', async () => {
    const namespace = await step.namespace();
    const storageClass = await step.storageClass({ volumeBindingMode: 'WaitForFirstConsumer' });
    const claim = await step.claim(namespace, storageClass);
    const texts = async () => (await step.events(claim)).map(({ text }) => text);
    await eventually(texts, (all) =>
      all.some((text) => /^Normal WaitForFirstConsumer waiting for first consumer/.test(text)),
    );
    assert.deepEqual(await step.fileSystemsOf(claim), []);
    const pod = await step.pod(claim);
    await step.ready(pod);
    assert.equal((await step.fileSystemsOf(claim)).length, 1);
    await step.end(pod);
    await step.remove(claim);
    await step.gone(claim);
  });

  test('a controller killed during a create keeps a pod waiting, no longer than it takes', async () => {
    const claim = await step.claim(await step.namespace(), await step.storageClass());
    const pod = await step.pod(claim);
    await eventually(
      () => step.fileSystemsOf(claim),
      ({ length }) => length === 1,
    );
    await world().killController();
    await step.ready(pod);
    assert.equal((await step.fileSystemsOf(claim)).length, 1);
    await step.end(pod);
    await step.remove(claim);
    await step.gone(claim);
  });

  test('a claim deleted before its pod stays until the pod is gone, and the pod works on', async () => {
    const claim = await step.claim(await step.namespace(), await step.storageClass());
    const pod = await step.pod(claim);
    await step.ready(pod);
    const volume = await step.bound(claim);
    await step.remove(claim);
    assert.ok((await step.findClaim(claim))?.metadata.deletionTimestamp);
    await step.run(pod, `echo x >${MOUNT}/x`);
    await step.end(pod);
    await step.gone(claim);
    await step.volumeGone(volume.metadata.name ?? '');
    assert.deepEqual(
      (await step.fileSystems()).filter(({ name }) => name === volume.metadata.name),
      [],
    );
  });

  test('a namespace deleted with a running pod and its claim takes the file system along', async () => {
    const namespace = await step.namespace();
    const claim = await step.claim(namespace, await step.storageClass());
    const pod = await step.pod(claim);
    await step.ready(pod);
    const volume = await step.bound(claim);
    await client().delete(namespaces, { name: namespace });
    const names = async () => (await client().list(namespaces)).items.map(({ metadata }) => metadata.name);
    await eventually(names, (all) => !all.includes(namespace));
    await step.volumeGone(volume.metadata.name ?? '');
  });

  test('a claim deleted while its file system is being made, with a pod waiting: the pod goes on waiting, nothing is left', async () => {
    const claim = await step.claim(await step.namespace(), await step.storageClass());
    const pod = await step.pod(claim);
    const [made] = await eventually(
      () => step.fileSystemsOf(claim),
      ({ length }) => length === 1,
    );
    await step.remove(claim);
    await step.gone(claim);
    const left = async () => (await step.fileSystems()).filter(({ name }) => name === made?.name);
    await eventually(left, ({ length }) => length === 0);
    assert.equal((await step.findPod(pod))?.status?.phase, 'Pending');
    await step.end(pod);
  });

  test('a pod whose claim is missing, or whose volume says no server, is told so by an event', async () => {
    const namespace = await step.namespace();
    const eventsOf = async (pod: { namespace: string; name: string }) =>
      (await step.events(pod)).map(({ text }) => text).join('\n');
    const lonely = await step.pod({ namespace, name: 'nowhere' });
    await eventually(
      () => eventsOf(lonely),
      (text) => /FailedScheduling .*persistentvolumeclaim "nowhere" not found/.test(text),
    );
    const name = await step.handWrittenVolume({ 'fs-name': 'lustrefs' });
    const claim = await step.claim(namespace, '', { volumeName: name });
    const pod = await step.pod(claim);
    await eventually(
      () => eventsOf(pod),
      (text) =>
        /Warning FailedMount MountVolume\.\w+ failed for volume "[^"]+" : .*mgs-ip-address/.test(text),
    );
    await client().delete(pods, pod, { gracePeriodSeconds: 0 });
    await step.end(lonely);
  });
}
