import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gibibyte } from '../../../units/bytes.ts';
import { explainVolume } from '../explain/explain.ts';
import { createFakeAmlFilesystems } from '../testing/fake-aml-filesystems.ts';
import { createRequest } from '../testing/requests.ts';

const { signal } = new AbortController();
const offline = { config: {}, live: undefined, signal };
const parameters = { 'provisioning-mode': 'directory', 'mgs-ip-address': '10.0.0.4', 'base-dir': 'claims' };
const explain = (changes: Record<string, string>, options: Parameters<typeof explainVolume>[1] = offline) =>
  explainVolume(
    createRequest({ ...parameters, ...changes }, { name: 'pvc-1', requiredBytes: gibibyte }),
    options,
  );
const property = (explanation: Awaited<ReturnType<typeof explain>>, wanted: string) =>
  explanation.properties.find(({ name }) => name === wanted)?.value;

test('a class with directories shows what would be made, mounted and kept', async () => {
  const explanation = await explain({ 'directory-mode': '0750', uid: '5' });
  assert.equal(property(explanation, 'directory'), '/claims/pvc-1');
  assert.equal(property(explanation, 'mode and owner'), '0750, uid 5, gid 0');
  assert.match(property(explanation, 'size') ?? '', /^1 GiB, kept by a project quota where/);
  assert.equal(explanation.mounts?.source, '10.0.0.4@tcp:/lustrefs/claims/pvc-1');
  assert.match(explanation.reclaim?.delete ?? '', /stay \(on-delete: retain\)/);
  assert.deepEqual(
    explanation.findings.map(({ severity, field }) => `${severity} ${field}`),
    ['note parameters.provisioning-mode', 'note parameters.on-delete'],
  );
});

test('what is removed or renamed on delete is said in so many words', async () => {
  assert.match(
    (await explain({ 'on-delete': 'delete' })).reclaim?.delete ?? '',
    /^\/claims\/pvc-1 and all that is in it are removed/,
  );
  assert.match(
    (await explain({ 'on-delete': 'archive' })).reclaim?.delete ?? '',
    /renamed to \/claims\/archived-pvc-1/,
  );
});

test('with --check Azure is asked for a file system that the class names', async () => {
  const filesystems = createFakeAmlFilesystems();
  const live = { config: { subscriptionId: 's', resourceGroup: 'rg' }, filesystems };
  const named = { 'mgs-ip-address': '', 'file-system': 'shared' };
  const { findings, mounts } = await explain(named, { config: {}, live, signal });
  assert.match(
    findings.find(({ severity }) => severity === 'error')?.message ?? '',
    /shared does not exist in resource group rg/,
  );
  assert.equal(mounts?.source, '<mgs-ip-address>@tcp:/lustrefs/claims/pvc-1');
  assert.deepEqual(
    (await explain(named)).findings.filter(({ severity }) => severity === 'error'),
    [],
  );
});

test('without the mode nothing of it is let pass', async () => {
  const { findings } = await explainVolume(
    createRequest({ 'mgs-ip-address': '10.0.0.4', 'on-delete': 'delete' }),
    offline,
  );
  assert.ok(findings.some(({ severity, field }) => severity === 'error' && field === 'parameters.on-delete'));
});
