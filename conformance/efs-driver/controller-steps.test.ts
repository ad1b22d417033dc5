import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { systemClock } from '../../src/async/clock.ts';
import {
  ControllerDefinition,
  type CreateVolumeRequest,
  VolumeCapability_AccessMode_Mode as Mode,
} from '../../src/csi/gen/csi.ts';
import { inOwnMountNamespace } from '../../src/mount/testing/own-mount-namespace.ts';
import { content } from '../../src/sandbox/clouds/aws/content.ts';
import { blows, type CrashPoint, type Life, live } from '../crash/strike.ts';
import { bundleProgram } from '../testing/bundle-program.ts';
import { type EfsControllerWorld, openEfsControllerWorld } from '../testing/efs-controller-world.ts';

const { methods } = ControllerDefinition;
let volumes = 0;

/** As a provisioner does: again until it succeeds. */
async function insist<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      assert.ok(tries < 100, String(error));
      await systemClock.sleep(100);
    }
  }
}

/** A volume is made, written to and deleted; its access point is the only one, and gone in the end. */
function madeAndDeleted(dataGoes: boolean): Life<EfsControllerWorld>['run'] {
  return async (world) => {
    const name = `pvc-00000000-0000-4000-8000-${String(++volumes).padStart(12, '0')}`;
    const request: CreateVolumeRequest = {
      name,
      capacityRange: { requiredBytes: 1n, limitBytes: 0n },
      volumeCapabilities: [
        {
          accessType: {
            $case: 'mount',
            mount: { fsType: '', mountFlags: [], volumeMountGroup: '' },
          },
          accessMode: { mode: Mode.MULTI_NODE_MULTI_WRITER },
        },
      ],
      parameters: {
        provisioningMode: 'efs-ap',
        fileSystemId: content.fileSystemId,
        directoryPerms: '700',
        basePath: '/struck',
      },
      secrets: {},
      mutableParameters: {},
      volumeContentSource: undefined,
      accessibilityRequirements: undefined,
    };
    const { volume } = await insist(() => world.call(methods.createVolume, request));
    const volumeId = volume?.volumeId ?? '';
    const [point, ...others] = await world.accessPoints();
    assert.deepEqual(others, []);
    assert.equal(volumeId, `efs:${content.fileSystemId}::${point?.AccessPointId}`);
    const root = join(world.data, point?.RootDirectory?.Path ?? '');
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, 'file'), 'data');

    await insist(() => world.call(methods.deleteVolume, { volumeId, secrets: {} }));
    assert.deepEqual(await world.accessPoints(), []);
    assert.equal(existsSync(join(root, 'file')), !dataGoes);
  };
}

/** How a volume is made is the same in both, so the second is struck from then on. */
const lives = [
  { name: 'a volume whose data stays', flags: [], dataGoes: false, struckAt: /./ },
  {
    name: 'a volume whose data goes with it',
    flags: ['--delete-access-point-root-dir'],
    dataGoes: true,
    struckAt: /after (POST|DELETE)/,
  },
];

inOwnMountNamespace(
  import.meta.filename,
  () => {
    suite('the EFS controller struck at every request to AWS', () => {
      let bundle = '';
      let program = '';
      before(async () => {
        bundle = await mkdtemp(join(tmpdir(), 'berth-crash-'));
        program = await bundleProgram('controller', bundle);
      });
      after(() => rm(bundle, { recursive: true }));

      for (const { name, flags, dataGoes, struckAt } of lives)
        test(`${name}: one access point, whatever is lost, and none in the end`, async (t) => {
          const worlds = await Promise.all([1, 2].map(() => openEfsControllerWorld(program, flags)));
          t.after(() => Promise.all(worlds.map((world) => world.close())));
          const [first] = worlds;
          assert.ok(first);
          const life = { name, creations: 1, run: madeAndDeleted(dataGoes) };
          const undisturbed = await live(first, life).catch(async (error: unknown) => {
            throw new Error(`without a blow: ${await first.log()}`, { cause: error });
          });
          assert.equal(undisturbed.creations, 1);
          const all = [...undisturbed.steps];
          for (const kind of [/^POST .*access-points/, /^DELETE .*access-points/])
            assert.ok(
              all.some((step) => kind.test(step)),
              all.join('\n'),
            );
          const steps = all.filter((step) => struckAt.test(step));
          const points = steps.flatMap((step) => blows.map((blow): CrashPoint => ({ step, blow })));
          t.diagnostic(`${name}: ${steps.length} steps, ${points.length} points`);
          const work = async (world: EfsControllerWorld) => {
            for (let point = points.shift(); point !== undefined; point = points.shift()) {
              const what = `${point.blow} ${point.step}`;
              const story = await live(world, life, point).catch((error: unknown) => {
                throw new Error(what, { cause: error });
              });
              assert.ok(story.struck, what);
              assert.equal(story.creations, 1, what);
              t.diagnostic(what);
            }
          };
          await Promise.all(worlds.map(work));
        });
    });
  },
  300_000,
);
