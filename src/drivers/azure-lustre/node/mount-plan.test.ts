import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PublishRequest } from '../../../csi/driver.ts';
import { publishRequest } from '../testing/requests.ts';
import { handleMismatch, planMount } from './mount-plan.ts';

const planOf = (context?: Record<string, string>, changes?: Parameters<typeof publishRequest>[1]) =>
  planMount(publishRequest(context, changes)).plan;
const messageOf = (context: Record<string, string>, changes: Partial<PublishRequest> = {}) =>
  planMount(publishRequest(context, changes)).refusals[0]?.message;

test('the source is that of the upstream driver, with and without a sub-directory', () => {
  const plan = planOf({ 'mgs-ip-address': '10.0.0.4', 'fs-name': 'whatever' });
  assert.equal(plan.source, '10.0.0.4@tcp:/lustrefs');
  assert.equal(plan.fsType, 'lustre');
  const sub = { 'mgs-ip-address': '10.0.0.4', 'sub-dir': '/a/b/' };
  assert.equal(planOf(sub).source, '10.0.0.4@tcp:/lustrefs/a/b');
});

test('keys of the volume context compare without case', () => {
  assert.equal(planOf({ 'MGS-IP-Address': '10.0.0.5' }).source, '10.0.0.5@tcp:/lustrefs');
});

test('mount flags are passed on in their order, and nothing is added', () => {
  assert.deepEqual(planOf(undefined, { mountFlags: ['flock', 'noatime'] }).options, ['flock', 'noatime']);
  assert.deepEqual(planOf().options, []);
});

test('a node whose client has unique_fsid adds it, once, unless the volume says no_unique_fsid', () => {
  const on = (...mountFlags: string[]) => {
    const { plan } = planMount(publishRequest(undefined, { mountFlags }), { uniqueFsid: true });
    return [plan.options, plan.addsUniqueFsid];
  };
  assert.deepEqual(on('flock'), [['flock', 'unique_fsid'], true]);
  assert.deepEqual(on('flock,unique_fsid'), [['flock', 'unique_fsid'], false]);
  assert.deepEqual(on('no_unique_fsid', 'flock'), [['flock'], false]);
});

test('no_unique_fsid reaches no client', () => {
  assert.deepEqual(planOf(undefined, { mountFlags: ['noatime,no_unique_fsid'] }).options, ['noatime']);
});

test('options are told apart where one flag lists several, and a quoted SELinux context stays whole', () => {
  const context = 'context="system_u:object_r:container_file_t:s0:c1,c2"';
  const plan = planOf(undefined, { mountFlags: ['noatime,ro', context] });
  assert.deepEqual([plan.options, plan.readonly], [['ro', 'noatime', context], true]);
});

test('read-only comes first and once, from the request or from a flag, and wins over rw', () => {
  const asked = planOf(undefined, { readonly: true, mountFlags: ['noatime', 'ro', 'rw'] });
  assert.deepEqual([asked.options, asked.readonly], [['ro', 'noatime'], true]);
  const flagged = planOf(undefined, { mountFlags: ['noatime', 'ro'] });
  assert.deepEqual([flagged.options, flagged.readonly], [['ro', 'noatime'], true]);
});

test('a volume context that names no usable file system is refused with the upstream texts', () => {
  assert.equal(messageOf({}), 'Volume context must be provided');
  assert.equal(messageOf({ 'fs-name': 'lustrefs' }), 'Context mgs-ip-address must be provided');
  assert.equal(
    messageOf({ 'mgs-ip-address': 'host.example' }),
    "Context mgs-ip-address must be an IPv4 address, was: 'host.example'",
  );
  const subDir = (path: string) => messageOf({ 'mgs-ip-address': '10.0.0.4', 'sub-dir': path });
  assert.equal(subDir('/'), 'Context sub-dir must not be empty or root if provided');
  assert.equal(subDir('a/../..'), 'Context sub-dir must be strict subpath');
});

test("a sub-directory is the pod's own where it has its tokens", () => {
  const context = {
    'mgs-ip-address': '10.0.0.4',
    'sub-dir': 'pods/$' + '{pod.metadata.name}',
    'csi.storage.k8s.io/pod.name': 'web-0',
  };
  assert.equal(planOf(context).source, '10.0.0.4@tcp:/lustrefs/pods/web-0');
});

test('block volumes are refused', () => {
  const block = { access: { type: 'block' }, mode: 'SINGLE_NODE_WRITER' } as const;
  assert.equal(
    messageOf({ 'mgs-ip-address': '10.0.0.4' }, { capability: block }),
    "Doesn't support block volume.",
  );
});

test('a handle that names another address is worth a warning, any other handle is not', () => {
  const request = (volumeId: string) => publishRequest({ 'mgs-ip-address': '10.0.0.4' }, { volumeId });
  const mismatch = (volumeId: string) => handleMismatch(request(volumeId), planMount(request(volumeId)).plan);
  assert.equal(mismatch('v#lustrefs#10.0.0.9'), 'volume ID says 10.0.0.9, volume context says 10.0.0.4');
  assert.equal(mismatch('v#lustrefs#10.0.0.4'), undefined);
  assert.equal(mismatch('my-own-handle'), undefined);
});
