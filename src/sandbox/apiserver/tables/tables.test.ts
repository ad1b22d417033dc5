import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pod } from '../../../kube/objects.ts';
import { readJsonPath } from './custom-columns.ts';
import { ageOf, humanDuration } from './human-duration.ts';
import { podColumns, podStatus } from './pod-table.ts';

describe('ages', () => {
  const seconds: readonly (readonly [number, string])[] = [
    [-5, '<invalid>'],
    [0, '0s'],
    [119, '119s'],
    [120, '2m'],
    [200, '3m20s'],
    [10 * 60, '10m'],
    [3 * 3600, '3h'],
    [3 * 3600 + 600, '3h10m'],
    [9 * 3600, '9h'],
    [2 * 86400, '2d'],
    [2 * 86400 + 3 * 3600, '2d3h'],
    [30 * 86400, '30d'],
    [3 * 365 * 86400 + 86400, '3y1d'],
    [9 * 365 * 86400, '9y'],
  ];
  for (const [age, expected] of seconds) {
    test(`${age} s is ${expected}`, () => assert.equal(humanDuration(age * 1000), expected));
  }
  test('no time has no age', () => assert.equal(ageOf(undefined, 0), '<unknown>'));
});

describe('the status of a pod', () => {
  const pod = (status: Record<string, unknown>, metadata: object = {}): Pod => ({
    metadata: { name: 'p', ...metadata },
    spec: { containers: [{ name: 'a' }, { name: 'b' }], initContainers: [{ name: 'i' }] },
    status,
  });
  const cases: readonly (readonly [string, Record<string, unknown>, object?])[] = [
    ['Pending', { phase: 'Pending' }],
    ['Running', { phase: 'Running', containerStatuses: [{ name: 'a', state: { running: {} } }] }],
    [
      'ContainerCreating',
      {
        phase: 'Pending',
        containerStatuses: [{ name: 'a', state: { waiting: { reason: 'ContainerCreating' } } }],
      },
    ],
    [
      'CrashLoopBackOff',
      {
        phase: 'Running',
        containerStatuses: [{ name: 'a', state: { waiting: { reason: 'CrashLoopBackOff' } } }],
      },
    ],
    [
      'Error',
      {
        phase: 'Failed',
        containerStatuses: [{ name: 'a', state: { terminated: { reason: 'Error', exitCode: 1 } } }],
      },
    ],
    [
      'ExitCode:3',
      { phase: 'Failed', containerStatuses: [{ name: 'a', state: { terminated: { exitCode: 3 } } }] },
    ],
    ['Init:0/1', { phase: 'Pending', initContainerStatuses: [{ name: 'i', state: { running: {} } }] }],
    ['Terminating', { phase: 'Running' }, { deletionTimestamp: '2026-01-01T00:00:00Z' }],
    [
      'Completed',
      {
        phase: 'Succeeded',
        containerStatuses: [{ name: 'a', state: { terminated: { reason: 'Completed', exitCode: 0 } } }],
      },
    ],
  ];
  for (const [expected, status, metadata] of cases) {
    test(expected, () => assert.equal(podStatus(pod(status, metadata)), expected));
  }

  test('counts ready containers and restarts', () => {
    const now = Date.parse('2026-01-01T00:05:00Z');
    const one = pod({
      phase: 'Running',
      containerStatuses: [
        {
          name: 'a',
          ready: true,
          state: { running: {} },
          restartCount: 2,
          lastState: { terminated: { finishedAt: '2026-01-01T00:00:00Z' } },
        },
        { name: 'b', ready: false, state: { running: {} }, restartCount: 0 },
      ],
    });
    const cells = Object.fromEntries(podColumns.map(({ name, cell }) => [name, cell(one, now)]));
    assert.equal(cells.Ready, '1/2');
    assert.equal(cells.Restarts, '2 (5m ago)');
  });
});

describe('JSONPath of printer columns', () => {
  const object = {
    metadata: { name: 'x', annotations: { 'a.b/c': 'dotted' } },
    spec: { list: [{ id: 1 }, { id: 2 }] },
    status: {
      conditions: [
        { type: 'Ready', status: 'True' },
        { type: 'Degraded', status: 'False' },
      ],
    },
  };
  const cases: readonly (readonly [string, unknown[]])[] = [
    ['.metadata.name', ['x']],
    ['.spec.list[1].id', [2]],
    ['.spec.list[*].id', [1, 2]],
    ['.status.conditions[?(@.type=="Ready")].status', ['True']],
    [".metadata.annotations['a\\.b/c']", ['dotted']],
    ['.metadata.annotations.a\\.b/c', ['dotted']],
    ['.missing.path', []],
  ];
  for (const [path, expected] of cases)
    test(path, () => assert.deepEqual(readJsonPath(object, path), expected));
});
