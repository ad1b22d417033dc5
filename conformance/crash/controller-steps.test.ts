import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { KubeError } from '../../src/kube/client.ts';
import type { PersistentVolumeClaim, StorageClass } from '../../src/kube/objects.ts';
import {
  events,
  persistentVolumeClaims,
  persistentVolumes,
  storageClasses,
} from '../../src/kube/resources.ts';
import { bundleProgram } from '../testing/bundle-program.ts';
import { type ControllerWorld, openControllerWorld } from '../testing/controller-world.ts';
import { eventually } from '../testing/kubectl.ts';

const storageClass: StorageClass = {
  metadata: { name: 'lustre' },
  provisioner: 'azurelustre.csi.azure.com',
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'Immediate',
  parameters: {
    'sku-name': 'AMLFS-Durable-Premium-125',
    zone: '1',
    'maintenance-day-of-week': 'Sunday',
    'maintenance-time-of-day-utc': '22:00',
  },
};

/** Where a life ends: at this step, before the request went on or when its answer was on its way back. */
interface CrashPoint {
  readonly step: string;
  readonly when: 'before' | 'after';
}

/** What one claim from its making to its end has shown. */
interface Story {
  /** The requests of the first life; between two writes the same request counts once, as polls do. */
  readonly steps: ReadonlySet<string>;
  readonly died: boolean;
  /** Creations that Azure accepted, in both lives together. */
  readonly creations: number;
}

let claims = 0;

/** Makes a claim of a name of its own; returns it as the API server has it. */
function makeClaim({ client }: ControllerWorld): Promise<PersistentVolumeClaim> {
  return client.create(persistentVolumeClaims, {
    metadata: { namespace: 'default', name: `claim-${++claims}` },
    spec: {
      accessModes: ['ReadWriteMany'],
      storageClassName: 'lustre',
      resources: { requests: { storage: '48Ti' } },
    },
  });
}

/** Makes a claim and deletes it when it is bound, with a controller that dies at the point and is started again. */
async function live(world: ControllerWorld, point?: CrashPoint): Promise<Story> {
  const steps = new Set<string>();
  let [died, creations, lastWrite] = [false, 0, 'the start'];
  const dieIf = async (here: boolean) => {
    if (!here || died) return;
    died = true;
    await world.restart();
    throw new Error('this life has ended');
  };
  await world.restart();
  world.watch(async (request, goOn) => {
    const line = `${request.method} ${shortened(request.path)}`;
    const step = `${line}, after ${lastWrite}`;
    if (!died) steps.add(step);
    await dieIf(point?.when === 'before' && step === point.step);
    const status = await goOn();
    if (request.method === 'PUT' && status < 300) creations += 1;
    if (/^(PUT|PATCH|DELETE|POST persistentvolumes)/.test(line)) lastWrite = line;
    await dieIf(point?.when === 'after' && step === point.step);
  });
  const { name = '', uid } = (await makeClaim(world)).metadata;
  await eventually(
    () => world.client.get(persistentVolumeClaims, { namespace: 'default', name }),
    ({ status }) => status?.phase === 'Bound',
  );
  assert.deepEqual(await world.fileSystems(), [`pvc-${uid}`]);
  const objects = await world.client.list(persistentVolumes);
  assert.deepEqual(
    objects.items.map(({ metadata }) => metadata.name),
    [`pvc-${uid}`],
  );

  await world.client.delete(persistentVolumeClaims, { namespace: 'default', name });
  await eventually(world.fileSystems, (names) => names.length === 0);
  await eventually(
    () => world.client.get(persistentVolumes, { name: `pvc-${uid}` }).catch(unlessGone),
    (object) => object === undefined,
  );
  return { steps, died, creations };
}

/** The part of a path that is the same for every claim. */
function shortened(path: string): string {
  return path.replace(/^.*(\/providers\/|\/api\/v1\/)/, '').replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…');
}

function unlessGone(error: unknown): undefined {
  if (!(error instanceof KubeError && error.reason === 'NotFound')) throw error;
}

suite('the controller killed at every request to Azure and every write to the API server', () => {
  const worlds: ControllerWorld[] = [];
  let bundle = '';
  before(async () => {
    bundle = await mkdtemp(join(tmpdir(), 'berth-crash-'));
    const program = await bundleProgram('controller', bundle);
    for (let count = 0; count < 4; count++) {
      const world = await openControllerWorld(program);
      worlds.push(world);
      await world.client.create(storageClasses, storageClass);
    }
  });
  after(async () => {
    await Promise.all(worlds.map((world) => world.close()));
    await rm(bundle, { recursive: true });
  });

  test('leaves exactly one file system and a bound claim, and none when the claim is deleted', async (t) => {
    const [first] = worlds;
    assert.ok(first);
    const undisturbed = await live(first).catch(async (error: unknown) => {
      throw new Error(`without a kill: ${await first.log()}`, { cause: error });
    });
    assert.equal(undisturbed.creations, 1);
    const steps = [...undisturbed.steps];
    for (const kind of [/^PUT .*amlFilesystems/, /^POST .*persistentvolumes/, /^DELETE .*amlFilesystems/])
      assert.ok(
        steps.some((step) => kind.test(step)),
        `${kind}: ${steps.join('\n')}`,
      );
    const points = steps.flatMap((step): CrashPoint[] => [
      { step, when: 'before' },
      { step, when: 'after' },
    ]);
    const work = async (world: ControllerWorld) => {
      for (let point = points.shift(); point !== undefined; point = points.shift()) {
        const what = `${point.when} ${point.step}`;
        const story = await live(world, point).catch((error: unknown) => {
          throw new Error(`killed ${what}`, { cause: error });
        });
        assert.ok(story.died, what);
        assert.equal(story.creations, 1, what);
        t.diagnostic(`killed ${what}`);
      }
    };
    await Promise.all(worlds.map(work));
  });

  test('before the PersistentVolume, and the claim deleted meanwhile: the file system stays and is told', async () => {
    const [world] = worlds;
    assert.ok(world);
    await world.restart();
    const killed = Promise.withResolvers<void>();
    world.watch(async (request, goOn) => {
      if (request.method !== 'POST' || !request.path.endsWith('/persistentvolumes')) return goOn();
      await world.kill();
      killed.resolve();
      throw new Error('this life has ended');
    });
    const { name = '', uid } = (await makeClaim(world)).metadata;
    await killed.promise;
    await world.client.delete(persistentVolumeClaims, { namespace: 'default', name });
    world.watch((_, goOn) => goOn());
    await world.restart();
    const told = await eventually(
      async () => (await world.client.list(events)).items.filter(({ reason }) => reason === 'VolumeOrphaned'),
      ({ length }) => length > 0,
    );
    assert.equal(told[0]?.involvedObject.name, name);
    assert.match(
      told[0]?.message ?? '',
      new RegExp(`az amlfs delete --resource-group \\S+ --name pvc-${uid};`),
    );
    assert.deepEqual(await world.fileSystems(), [`pvc-${uid}`]);
  });
});
