import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { OnDelete } from '../directories-port.ts';
import { Died, dyingAt } from '../testing/dying-calls.ts';
import { makeOrder, openTestWorkplace, type TestWorkplace } from '../testing/test-workplace.ts';
import { makeDirectory } from './make-directory.ts';
import { removeVolume } from './remove-directory.ts';
import { removeUnrecorded } from './remove-unrecorded.ts';
import { resizeVolume } from './resize-directory.ts';
import type { Workplace } from './workplace.ts';

interface Scenario {
  readonly name: string;
  prepare(place: TestWorkplace): Promise<void>;
  work(place: Workplace): Promise<unknown>;
}

const withData = async (place: TestWorkplace, onDelete: OnDelete) => {
  await makeDirectory(place, makeOrder({ onDelete }));
  await makeDirectory(place, makeOrder({ volume: 'pvc-2', path: 'team/other' }));
  mkdirSync(join(place.root, 'claims/team/data/deep/er'), { recursive: true });
  writeFileSync(join(place.root, 'claims/team/data/deep/file'), 'x');
};

const unrecorded = {
  mount: makeOrder().mount,
  volume: 'fsap-1',
  base: 'claims',
  path: 'claims/point',
  inUse: ['claims/other'],
} as const;

const scenarios: readonly Scenario[] = [
  {
    name: 'make',
    prepare: async () => {},
    work: (place) => makeDirectory(place, makeOrder()),
  },
  {
    name: 'make what is refused',
    prepare: async (place) => {
      mkdirSync(join(place.root, 'claims/team/data'), { recursive: true });
    },
    work: (place) => makeDirectory(place, makeOrder()).catch(unlessDead),
  },
  {
    name: 'resize',
    prepare: async (place) => void (await makeDirectory(place, makeOrder())),
    work: (place) => resizeVolume(place, { volume: 'pvc-1', capacityBytes: 2_097_152n }),
  },
  ...(['delete', 'archive', 'retain'] as const).map((onDelete) => ({
    name: `remove, ${onDelete}`,
    prepare: (place: TestWorkplace) => withData(place, onDelete),
    work: (place: Workplace) => removeVolume(place, 'pvc-1'),
  })),
  {
    name: 'remove what a cloud made',
    prepare: async (place) => {
      mkdirSync(join(place.root, 'claims/point/in'), { recursive: true });
      mkdirSync(join(place.root, 'claims/other'));
    },
    work: (place) => removeUnrecorded(place, unrecorded),
  },
];

/** What is there when nothing comes between. */
async function undisturbed({ prepare, work }: Scenario) {
  const place = openTestWorkplace();
  try {
    await prepare(place);
    const counted = dyingAt(place, Number.POSITIVE_INFINITY);
    await work(counted.place);
    return { end: endOf(place), steps: counted.steps() };
  } finally {
    place.close();
  }
}

const endOf = (place: TestWorkplace) => ({
  // What a killed write left is never read; the next write to it starts anew.
  files: place.snapshot().filter((line) => !line.startsWith('.berth/new/')),
  limits: [...place.quota.limits].filter(([, limit]) => limit > 0n),
});

function unlessDead(error: unknown): void {
  if (error instanceof Died) throw error;
}

for (const scenario of scenarios)
  test(`${scenario.name}: killed at any step and repeated, it ends as if nothing had happened`, async (context) => {
    const { end, steps } = await undisturbed(scenario);
    context.diagnostic(`${steps} points`);
    assert.ok(steps > 1);
    for (let fatal = 0; fatal < steps; fatal++) {
      const place = openTestWorkplace();
      try {
        await scenario.prepare(place);
        await assert.rejects(async () => scenario.work(dyingAt(place, fatal).place), Died, `step ${fatal}`);
        await scenario.work(place);
        assert.deepEqual(endOf(place), end, `killed before step ${fatal}`);
      } finally {
        place.close();
      }
    }
  });

test('a volume deleted while it was being made, killed at any step, leaves nothing', async () => {
  const { steps } = await undisturbed(scenarios[0] as Scenario);
  for (let fatal = 0; fatal <= steps; fatal++) {
    const place = openTestWorkplace();
    try {
      await makeDirectory(dyingAt(place, fatal).place, makeOrder()).catch(() => {});
      assert.equal(await removeVolume(place, 'pvc-1'), true);
      const left = endOf(place).files.filter((line) => !/^(\.berth|claims)(\/[a-z]+)? /.test(line));
      assert.deepEqual({ left, limits: endOf(place).limits }, { left: [], limits: [] }, `step ${fatal}`);
    } finally {
      place.close();
    }
  }
});
