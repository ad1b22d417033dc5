import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyPatch, type Operation } from 'rfc6902';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { type KubeClient, KubeConnectionError, KubeError } from '../kube/client.ts';
import type { CsiNode, Node } from '../kube/objects.ts';
import { createRecordingLog } from '../telemetry/testing/recording-log.ts';
import { planTaintRemoval, removeStartupTaint } from './startup-taint.ts';

const driver = 'azurelustre.csi.azure.com';
const ours = { key: `${driver}/agent-not-ready`, effect: 'NoSchedule' };
const other = { key: 'node.kubernetes.io/unreachable', value: 'x', effect: 'NoExecute' };

/** A cluster with one tainted node that kubelet has not registered the driver on. */
function cluster(registered?: Promise<void>) {
  const clock = createFakeClock();
  const log = createRecordingLog();
  const stop = new AbortController();
  const node: Node = {
    metadata: { name: 'n1' },
    spec: { taints: [ours, other, { ...ours, effect: 'NoExecute' }] },
  };
  const state = { csiNode: undefined as CsiNode | undefined, patches: 0, beforePatch: () => {} };
  const client = {
    async get({ kind }: { kind: string }) {
      if (kind === 'Node') return structuredClone(node);
      if (state.csiNode === undefined) throw new KubeError(404, 'NotFound', 'no csinode n1');
      return state.csiNode;
    },
    async patch(_: unknown, __: unknown, { body }: { body: Operation[] }) {
      state.patches++;
      state.beforePatch();
      const changed = structuredClone(node);
      if (applyPatch(changed, body).some((failure) => failure !== null)) {
        throw new KubeError(422, 'Invalid', 'testing path /spec/taints value failed');
      }
      Object.assign(node, changed);
      return node;
    },
  } as unknown as KubeClient;
  const list = (name: string) => {
    state.csiNode = { metadata: { name: 'n1' }, spec: { drivers: [{ name, nodeID: 'n1' }] } };
  };
  const options = {
    driver,
    nodeName: 'n1',
    registered,
    client,
    clock,
    log,
    signal: stop.signal,
    random: () => 0,
  };
  return { clock, log, stop, node, state, list, removal: removeStartupTaint(options) };
}

test('the taint stays until CSINode lists this driver, then goes with every effect; others stay', async () => {
  const { clock, node, list, state, removal } = cluster();
  await clock.advance(60_000);
  list('other.csi.example.com');
  await clock.advance(60_000);
  assert.equal(state.patches, 0);
  list(driver);
  await clock.advance(30_000);
  await removal;
  assert.deepEqual(node.spec?.taints, [other]);
});

test('a CSINode of the time before a reboot frees no node: kubelet has to register this process', async () => {
  const registered = Promise.withResolvers<void>();
  const { clock, node, list, state, removal } = cluster(registered.promise);
  list(driver);
  await clock.advance(60_000);
  assert.equal(state.patches, 0);
  registered.resolve();
  await removal;
  assert.deepEqual(node.spec?.taints, [other]);
});

test('an abort ends the waiting for kubelet too', async () => {
  const { stop, removal } = cluster(new Promise(() => {}));
  const ended = assert.rejects(removal, /stopping/);
  stop.abort(new Error('stopping'));
  await ended;
});

test('a node without the taint is not written to', async () => {
  const { clock, node, list, state, removal } = cluster();
  node.spec = {};
  list(driver);
  await clock.advance(500);
  await removal;
  assert.equal(state.patches, 0);
});

test("another client's change between read and write is not lost", async () => {
  const { clock, node, list, state, removal } = cluster();
  const added = { key: 'added', effect: 'NoSchedule' };
  state.beforePatch = () => {
    if (state.patches === 1) node.spec?.taints?.push(added);
  };
  list(driver);
  await clock.advance(2_000);
  await removal;
  assert.deepEqual(node.spec?.taints, [other, added]);
});

test('an API server that is away or refuses is asked again, and the log says so', async () => {
  const { clock, log, list, state, removal } = cluster();
  state.beforePatch = () => {
    if (state.patches === 1) throw new KubeConnectionError('connection refused');
    if (state.patches === 2) throw new KubeError(403, 'Forbidden', 'nodes "n1" is forbidden');
  };
  list(driver);
  await clock.advance(10_000);
  await removal;
  assert.match(log.text(), /connection refused[\s\S]*is forbidden[\s\S]*removed its start-up taint/);
});

test('an abort ends the waiting with its reason', async () => {
  const { clock, stop, removal } = cluster();
  const ended = assert.rejects(removal, /stopping/);
  await clock.advance(1_000);
  stop.abort(new Error('stopping'));
  await ended;
});

test('a removal takes exactly the taints with the key, and nothing where there are none', () => {
  const taint = fc.record(
    { key: fc.constantFrom('a', 'b', ours.key), effect: fc.constantFrom('NoSchedule', 'NoExecute') },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(taint), (taints) => {
      const patch = planTaintRemoval(taints, ours.key);
      assert.equal(
        patch === undefined,
        taints.every(({ key }) => key !== ours.key),
      );
      const node = { spec: { taints: structuredClone(taints) } };
      applyPatch(node, (patch ?? []) as Operation[]);
      assert.deepEqual(
        node.spec.taints,
        taints.filter(({ key }) => key !== ours.key),
      );
    }),
  );
});
