import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Pod } from '../../../kube/objects.ts';
import type { ContainerState } from '../container/container-state.ts';
import { userArguments } from '../container/user-arguments.ts';
import { containerCommand } from './container-command.ts';
import { ContainerConfigError, expandVariables } from './container-env.ts';
import { planContainer } from './container-plan.ts';
import { podStatus } from './pod-status.ts';
import { decideRestart } from './restart-decision.ts';

const now = Date.UTC(2026, 0, 1, 12);
const state = (changes: Partial<ContainerState>): ContainerState => ({
  attempt: 0,
  phase: 'running',
  shim: { pid: 1, startTime: '1' },
  mountNamespace: 'mnt:[1]',
  ...changes,
});
const ended = (exitCode: number, attempt = 0) =>
  state({ attempt, phase: 'exited', exitCode, finishedAt: new Date(now).toISOString() });

test('a container is started again as its policy says, later and later, up to five minutes', () => {
  assert.deepEqual(decideRestart(undefined, 'Never', now), { type: 'start', attempt: 0 });
  assert.deepEqual(decideRestart(state({}), 'Always', now), { type: 'running' });
  assert.deepEqual(decideRestart(ended(1), 'Never', now), { type: 'ended', ok: false });
  assert.deepEqual(decideRestart(ended(0), 'OnFailure', now), { type: 'ended', ok: true });
  assert.deepEqual(decideRestart(ended(1), 'OnFailure', now), { type: 'start', attempt: 1 });
  assert.deepEqual(decideRestart(ended(0, 1), 'Always', now), { type: 'wait', milliseconds: 10_000 });
  assert.deepEqual(decideRestart(ended(1, 3), 'Always', now), { type: 'wait', milliseconds: 40_000 });
  assert.deepEqual(decideRestart(ended(1, 50), 'Always', now), { type: 'wait', milliseconds: 300_000 });
  assert.deepEqual(decideRestart(ended(1, 1), 'Always', now + 10_000), { type: 'start', attempt: 2 });
});

test('variables in words are replaced as Kubernetes does', () => {
  const env = { A: 'x', B: '$(A)' };
  assert.equal(expandVariables('$(A)-$(B)-$(C)-$$(A)-$A', env), 'x-$(A)-$(C)-$(A)-$A');
});

test('what an image would run is not guessed, except where it only waits', () => {
  const of = (container: object) => containerCommand({ name: 'c', ...container }, { A: 'x' });
  assert.deepEqual(of({ image: 'busybox:1.36', args: ['echo', 'hello'] }), ['echo', 'hello']);
  assert.deepEqual(of({ command: ['echo'], args: ['$(A)'] }), ['echo', 'x']);
  for (const image of [
    'nginx',
    'mcr.microsoft.com/oss/nginx/nginx:1.15.5-alpine',
    'registry.k8s.io/pause@sha256:abc',
  ])
    assert.match(of({ image }).join(' '), /sleep infinity/);
  assert.throws(() => of({ image: 'mysql:8' }), ContainerConfigError);
  assert.throws(() => of({ image: 'nginx', args: ['-v'] }), ContainerConfigError);
});

test('a container keeps a container’s rights only, and the user it asks for', () => {
  const nobody = { uid: undefined, gid: undefined, groups: [] };
  assert.deepEqual(userArguments({ user: nobody, privileged: true }), []);
  const [program, ...args] = userArguments({
    user: { uid: 1000, gid: undefined, groups: [5] },
    privileged: false,
  });
  assert.equal(program, 'setpriv');
  assert.ok(args.includes('--reuid=1000') && args.includes('--regid=0') && args.includes('--groups=5'));
  assert.ok(!args.join().includes('sys_admin') && !args.join().includes('mknod'));
});

test('a sub-path is made in its volume, and one that leads out of it is refused', async (t) => {
  const volume = realpathSync(mkdtempSync(join(tmpdir(), 'berth-')));
  t.after(() => rmSync(volume, { recursive: true }));
  mkdirSync(join(volume, 'there'));
  symlinkSync('/etc', join(volume, 'out'));
  const plan = (subPath: string) => {
    const container = {
      name: 'c',
      command: ['true'],
      volumeMounts: [{ name: 'v', mountPath: '/data/', subPath }],
    };
    const pod: Pod = { metadata: { name: 'p' }, spec: { containers: [container] } };
    const volumes = new Map([['v', { path: volume, readonly: true, recursive: false }]]);
    return planContainer(pod, container, {}, volumes, { rootDir: '/r', canChangeUser: true });
  };
  const mount = { target: '/data', readonly: true, recursive: false };
  assert.deepEqual((await plan('there')).mounts, [{ ...mount, source: join(volume, 'there') }]);
  assert.deepEqual((await plan('new/deep')).mounts, [{ ...mount, source: join(volume, 'new/deep') }]);
  for (const subPath of ['out', '..', 'out/passwd', '../../etc'])
    await assert.rejects(plan(subPath), ContainerConfigError);
});

const pod: Pod = {
  metadata: { name: 'p', namespace: 'default', uid: 'u' },
  spec: { containers: [{ name: 'a' }, { name: 'b' }], restartPolicy: 'Never' },
};
const statusOf = (a: ContainerState | undefined, b: ContainerState | undefined, before = {}) =>
  podStatus(
    pod,
    new Map([
      ['a', { state: a, previous: undefined }],
      ['b', { state: b, previous: undefined }],
    ]),
    before,
    now,
  );

test('a pod’s phase follows its containers', () => {
  assert.equal(statusOf(undefined, undefined).phase, 'Pending');
  assert.equal(statusOf(state({}), state({ phase: 'starting' })).phase, 'Pending');
  assert.equal(statusOf(state({}), ended(0)).phase, 'Running');
  assert.equal(statusOf(ended(0), ended(0)).phase, 'Succeeded');
  assert.equal(statusOf(ended(0), ended(2)).phase, 'Failed');
});

test('conditions keep the time of what has not changed, and the scheduler’s condition stays', () => {
  const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' };
  const wasReady = { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:01Z' };
  const before = { conditions: [scheduled, wasReady] };
  const conditionOf = (status: ReturnType<typeof statusOf>, wanted: string) =>
    status.conditions.find(({ type }) => type === wanted);
  const running = statusOf(state({}), state({}), before);
  assert.deepEqual(conditionOf(running, 'PodScheduled'), scheduled);
  assert.deepEqual(conditionOf(running, 'Ready'), wasReady);
  const failing = conditionOf(statusOf(state({}), ended(1), before), 'Ready');
  assert.equal(failing?.status, 'False');
  assert.equal(failing?.message, 'containers with unready status: [b]');
  assert.equal(failing?.lastTransitionTime, '2026-01-01T12:00:00Z');
});
