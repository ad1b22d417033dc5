import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolumeClaim } from '../kube/objects.ts';
import { Refusal } from './refusal.ts';
import { secretReferences } from './secret-references.ts';

const claim: PersistentVolumeClaim = {
  metadata: { namespace: 'team-a', name: 'data', annotations: { 'example.com/key': 'special' } },
  spec: {},
};
const references = (parameters: Record<string, string>) => secretReferences(parameters, claim, 'pvc-1');
const pair = (stem: string, name: string, namespace = 'kube-system') => ({
  [`csi.storage.k8s.io/${stem}-name`]: name,
  [`csi.storage.k8s.io/${stem}-namespace`]: namespace,
});

test('a class that names no secret needs none', () => {
  assert.deepEqual(references({ 'sku-name': 'x' }), {});
});

test('the default pair serves every purpose that has none of its own', () => {
  const found = references({ ...pair('secret', 'common'), ...pair('node-publish-secret', 'special') });
  assert.deepEqual(found.provisioner, { name: 'common', namespace: 'kube-system' });
  assert.deepEqual(found['controller-expand'], { name: 'common', namespace: 'kube-system' });
  assert.deepEqual(found['node-publish'], { name: 'special', namespace: 'kube-system' });
});

test('templates are filled in from claim and volume', () => {
  const name = `\${pvc.namespace}-\${pvc.name}-\${pv.name}-\${pvc.annotations['example.com/key']}`;
  const found = references(pair('node-publish-secret', name, `\${pvc.namespace}`));
  assert.deepEqual(found['node-publish'], { name: 'team-a-data-pvc-1-special', namespace: 'team-a' });
});

test("the author of a claim cannot point the driver's own rights at another secret", () => {
  const byAnnotation = `\${pvc.annotations['example.com/key']}`;
  assert.throws(() => references(pair('provisioner-secret', byAnnotation)), Refusal);
  assert.throws(() => references(pair('node-stage-secret', 'x', byAnnotation)), Refusal);
  assert.throws(() => references(pair('node-stage-secret', 'x', `\${pvc.name}`)), Refusal);
});

test('half a pair, unknown tokens and impossible names are refused with the key that is wrong', () => {
  const half = { 'csi.storage.k8s.io/node-stage-secret-name': 'x' };
  assert.throws(() => references(half), /node-stage-secret-namespace is missing or empty/);
  assert.throws(
    () => references(pair('node-stage-secret', `\${pod.name}`)),
    /node-stage-secret-name: \$\{pod\.name\} is not known here; there is .*\$\{pvc\.name\}/,
  );
  for (const bad of ['Upper', 'with space', '../etc', '-x', 'x'.repeat(254)])
    assert.throws(() => references(pair('node-stage-secret', bad)), /which no Secret can be called/, bad);
  assert.throws(() => references(pair('node-stage-secret', 'x', 'a.b')), /which no namespace can be called/);
});
