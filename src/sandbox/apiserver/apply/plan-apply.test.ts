import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../../../kube/objects.ts';
import { builtinResources } from '../resources/builtin-resources.ts';
import { fromFieldsV1, toFieldsV1 } from './field-paths.ts';
import { managedPaths, writeManagers } from './managed-fields.ts';
import { type ApplyPlan, planApply } from './plan-apply.ts';
import { shapeOf } from './shape.ts';

const deployment = builtinResources.find(({ kind }) => kind === 'Deployment') ?? assert.fail();
const shape = shapeOf(deployment, 'v1');
const time = '2026-01-01T00:00:00Z';

function apply(live: KubeObject, manager: string, applied: KubeObject, force = false): ApplyPlan {
  return planApply(
    shape,
    live,
    applied,
    { name: manager, apiVersion: 'apps/v1', subresource: '', time },
    force,
  );
}

/** What would be stored. */
function stored({ object, managers }: ApplyPlan): KubeObject {
  return { ...object, metadata: { ...object.metadata, managedFields: writeManagers(managers) } };
}

const withSpec = (spec: object): KubeObject => ({ metadata: { name: 'd' }, spec });
const containers = (...list: object[]) => withSpec({ template: { spec: { containers: list } } });
const first = (manager: string, applied: KubeObject) =>
  stored(
    apply({ metadata: { name: 'd', managedFields: [{ manager: 'none', fieldsV1: {} }] } }, manager, applied),
  );

describe('server-side apply', () => {
  test('another value for a field that someone else applied is a conflict, which force decides', () => {
    const live = first('alice', withSpec({ replicas: 1 }));
    const plan = apply(live, 'bob', withSpec({ replicas: 2 }));
    assert.deepEqual(
      plan.conflicts.map(({ manager, field }) => [manager.name, field]),
      [['alice', '.spec.replicas']],
    );
    const forced = stored(apply(live, 'bob', withSpec({ replicas: 2 }), true));
    assert.deepEqual(forced.spec, { replicas: 2 });
    assert.deepEqual(apply(forced, 'bob', withSpec({ replicas: 3 })).conflicts, [], 'bob owns it now');
  });

  test('the same value is shared without conflict, and stays while one of them wants it', () => {
    const live = stored(
      apply(first('alice', withSpec({ replicas: 1, paused: true })), 'bob', withSpec({ replicas: 1 })),
    );
    const without = stored(apply(live, 'alice', withSpec({ paused: true })));
    assert.deepEqual(without.spec, { replicas: 1, paused: true });
    assert.deepEqual(apply(without, 'bob', withSpec({})).object.spec, { paused: true });
  });

  test('what a manager no longer applies goes, items of a list too', () => {
    const live = first(
      'alice',
      containers({ name: 'a', image: '1', env: [{ name: 'X', value: '1' }] }, { name: 'b', image: '1' }),
    );
    const plan = apply(live, 'alice', containers({ name: 'a', image: '1' }));
    assert.deepEqual(plan.object.spec, containers({ name: 'a', image: '1' }).spec);
  });

  test('an item that another manager has a part of stays with that part', () => {
    const live = first('alice', containers({ name: 'a', image: '1' }, { name: 'b', image: '1' }));
    const shared = stored(apply(live, 'bob', containers({ name: 'b', workingDir: '/b' })));
    const plan = apply(shared, 'alice', containers({ name: 'a', image: '1' }));
    assert.deepEqual(
      plan.object.spec,
      containers({ name: 'a', image: '1' }, { name: 'b', workingDir: '/b' }).spec,
    );
  });

  test('conflicts name the item by its keys', () => {
    const live = first(
      'alice',
      containers({ name: 'a', image: '1', ports: [{ containerPort: 80, name: 'x' }] }),
    );
    const plan = apply(
      live,
      'bob',
      containers({ name: 'a', ports: [{ containerPort: 80, protocol: 'TCP', name: 'y' }] }),
    );
    assert.deepEqual(
      plan.conflicts.map(({ field }) => field),
      ['.spec.template.spec.containers[name="a"].ports[containerPort=80,protocol="TCP"].name'],
    );
  });

  test('an object from before belongs to before-first-apply', () => {
    const plan = apply(withSpec({ replicas: 1 }), 'alice', withSpec({ replicas: 2 }));
    assert.deepEqual(
      plan.conflicts.map(({ manager }) => manager.name),
      ['before-first-apply'],
    );
  });

  const text = fc.constantFrom('a', 'b', 'c');
  const container = fc.record({ name: text, image: text, args: fc.array(text) }, { requiredKeys: ['name'] });
  const applied = fc
    .record(
      {
        replicas: fc.nat(3),
        selector: fc.record({ matchLabels: fc.dictionary(text, text) }),
        template: fc.record({
          spec: fc.record({ containers: fc.uniqueArray(container, { selector: (one) => one.name }) }),
        }),
      },
      { requiredKeys: [] },
    )
    .map(withSpec);

  test('applying twice is applying once, and changes nothing the second time', () => {
    fc.assert(
      fc.property(applied, applied, (live, given) => {
        const once = stored(apply(first('alice', live), 'bob', given, true));
        const twice = apply(once, 'bob', given, false);
        assert.deepEqual(twice.conflicts, []);
        assert.deepEqual(stored(twice), once);
      }),
    );
  });

  test('owned paths survive their written form', () => {
    fc.assert(
      fc.property(applied, (object) => {
        const paths = new Set(managedPaths(shape, object).keys());
        assert.deepEqual(fromFieldsV1(toFieldsV1(paths)), paths);
      }),
    );
  });
});
