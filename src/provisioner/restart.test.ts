import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { KubeConnectionError } from '../kube/client.ts';
import { persistentVolumeClaims, persistentVolumes } from '../kube/resources.ts';
import type { FakeRequest } from '../kube/testing/fake-cluster.ts';
import { createWorld, type World } from './testing/provisioner-world.ts';

/** A moment at which a life of the provisioner can end. */
interface CrashPoint {
  readonly step: number;
  /** Whether the step had its effect before the end. */
  readonly effect: boolean;
}

/** All that one life does to cluster and cloud, in order; it dies at one of these steps. */
function dieAt(world: World, point: CrashPoint | undefined, die: () => void) {
  let step = 0;
  let dead = false;
  const pass = (isBefore: boolean) => {
    // A dead process does nothing more; what is under way never hears an answer.
    if (dead) throw new KubeConnectionError('this life has ended');
    if (isBefore) step++;
    if (point === undefined || step !== point.step || isBefore === point.effect) return;
    dead = true;
    die();
    throw new KubeConnectionError('killed');
  };
  const isOurs = ({ verb, resource }: FakeRequest) =>
    verb !== 'list' && resource !== 'events' && resource !== 'leases';
  world.cluster.intercept.before = (request) => {
    if (isOurs(request)) pass(true);
  };
  world.cluster.intercept.after = (request) => {
    if (isOurs(request)) pass(false);
  };
  Object.assign(world.controller.faults, {
    beforeCreate: () => pass(true),
    afterCreate: () => pass(false),
    beforeDelete: () => pass(true),
    afterDelete: () => pass(false),
    beforeExpand: () => pass(true),
    afterExpand: () => pass(false),
  });
  return {
    steps: () => step,
    died: () => dead,
    heal: () => {
      world.cluster.intercept.before = () => {};
      world.cluster.intercept.after = () => {};
      for (const key of Object.keys(world.controller.faults))
        Reflect.deleteProperty(world.controller.faults, key);
    },
  };
}

/** Runs `act` with a life that dies at the point, then a second life, and returns what is there in the end. */
async function outcome(
  context: TestContext,
  prepare: (world: World) => Promise<void>,
  act: (world: World) => void,
  point?: CrashPoint,
) {
  const world = createWorld(context);
  await prepare(world);
  const first: { stop: AbortController } = world.start();
  await world.settle();
  const life = dieAt(world, point, () => first.stop.abort());
  act(world);
  await world.settle(5_000);
  await world.settle();
  const steps = life.steps();
  life.heal();
  first.stop.abort();
  world.start();
  await world.settle(5_000);
  await world.settle();
  const state = {
    volumes: [...world.controller.volumes].map(([id, { capacityBytes }]) => `${id}: ${capacityBytes}`),
    objects: world.cluster.all(persistentVolumes).map(({ metadata, spec, status }) => ({
      name: metadata.name,
      finalizers: metadata.finalizers,
      capacity: spec.capacity,
      handle: spec.csi?.volumeHandle,
      phase: status?.phase,
    })),
    claims: world.cluster.all(persistentVolumeClaims).map(({ spec, status }) => ({
      volume: spec.volumeName,
      phase: status?.phase,
      capacity: status?.capacity,
      statuses: status?.allocatedResourceStatuses,
    })),
  };
  return { state, steps, died: life.died() };
}

const scenarios: Record<string, { prepare: (world: World) => Promise<void>; act: (world: World) => void }> = {
  'making a volume': {
    prepare: async () => {},
    act: (world) => void world.addClaim(),
  },
  'deleting a volume': {
    prepare: async (world) => {
      world.addClaim();
      await oneLife(world);
    },
    act: (world) => {
      const { namespace = '', name = '' } = world.claim()?.metadata ?? {};
      world.cluster.remove(persistentVolumeClaims, { namespace, name });
    },
  },
  'growing a volume': {
    prepare: async (world) => {
      world.addClaim();
      await oneLife(world);
    },
    act: (world) => {
      const claim = world.claim();
      assert(claim);
      const spec = { ...claim.spec, resources: { requests: { storage: '8Ti' } } };
      world.cluster.put(persistentVolumeClaims, { ...claim, spec });
    },
  },
};

async function oneLife(world: World): Promise<void> {
  const { stop, ended } = world.start();
  await world.settle();
  stop.abort();
  await ended;
}

for (const [what, { prepare, act }] of Object.entries(scenarios))
  test(`killed at any step of ${what}, a new life ends where an undisturbed one would have`, async (context) => {
    const undisturbed = await outcome(context, prepare, act);
    assert(undisturbed.steps >= 2, `${undisturbed.steps} steps`);
    for (let step = 1; step <= undisturbed.steps; step++)
      for (const effect of [false, true]) {
        const { state, died } = await outcome(context, prepare, act, { step, effect });
        assert(died, `died at step ${step}`);
        assert.deepEqual(state, undisturbed.state, `step ${step}, ${effect ? 'after' : 'before'} its effect`);
      }
  });

test('any single request or answer lost on the way changes nothing in the end', async (context) => {
  for (const { prepare, act } of Object.values(scenarios)) {
    const undisturbed = await outcome(context, prepare, act);
    for (let step = 1; step <= undisturbed.steps; step++)
      for (const effect of [false, true]) {
        const world = createWorld(context);
        await prepare(world);
        world.start();
        await world.settle();
        loseOnce(world.cluster.intercept, step, effect);
        act(world);
        await world.settle(60_000);
        await world.settle();
        const objects = world.cluster.all(persistentVolumes).length;
        assert.equal(objects, undisturbed.state.objects.length, `step ${step}`);
        assert.equal(world.controller.volumes.size, undisturbed.state.volumes.length, `step ${step}`);
        assert.deepEqual(
          world.claim()?.status?.capacity,
          undisturbed.state.claims[0]?.capacity,
          `step ${step}`,
        );
      }
  }
});

function loseOnce(intercept: World['cluster']['intercept'], at: number, answerOnly: boolean): void {
  let step = 0;
  const lose = (request: FakeRequest, isAnswer: boolean) => {
    if (request.verb === 'list') return;
    if (!isAnswer) step++;
    if (step === at && isAnswer === answerOnly) throw new KubeConnectionError('lost on the way');
  };
  intercept.before = (request) => lose(request, false);
  intercept.after = (request) => lose(request, true);
}
