import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListOptions, ObjectList } from '../../kube/client.ts';
import type { KubeObject, PersistentVolume } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import { describeVolumesInUse, volumesOfDriver } from './volumes-of-driver.ts';

const driver = 'azurelustre.csi.azure.com';

const volume = (name: string, fields: Partial<PersistentVolume['spec']>, phase?: 'Bound' | 'Released') =>
  ({
    metadata: { name },
    spec: fields,
    ...(phase !== undefined && { status: { phase } }),
  }) satisfies PersistentVolume;

const csi = (name: string) => ({ csi: { driver: name, volumeHandle: 'handle' } });

test('the check finds the driver’s volumes on every page, and no other driver’s', async () => {
  const pages = [
    [volume('pv-1', csi(driver)), volume('pv-2', csi('file.csi.azure.com')), volume('pv-3', {})],
    [volume('pv-4', csi(driver))],
  ];
  const list = async <T extends KubeObject>(
    _: Resource<T>,
    options: ListOptions = {},
  ): Promise<ObjectList<T>> => {
    const index = Number(options.continue ?? 0);
    const next = index + 1 < pages.length ? String(index + 1) : undefined;
    return { items: (pages[index] ?? []) as unknown as T[], resourceVersion: '1', continue: next };
  };
  const found = await volumesOfDriver({ list }, driver);
  assert.deepEqual(
    found.map(({ metadata }) => metadata.name),
    ['pv-1', 'pv-4'],
  );
});

test('each volume still in use is named with its claim, and what to do is said', () => {
  const text = describeVolumesInUse(
    [
      volume('pv-1', { ...csi(driver), claimRef: { namespace: 'team', name: 'data' } }, 'Bound'),
      volume('pv-2', csi(driver)),
    ],
    driver,
  );
  assert.match(
    text,
    /^found 2 PersistentVolume\(s\) still using CSI driver "azurelustre\.csi\.azure\.com": pv-1 \(Bound, claim team\/data\), pv-2 \(Pending\)\n/,
  );
  assert.match(text, /helm uninstall --no-hooks/);
});

test('of very many volumes the first twenty are named and the rest counted', () => {
  const many = Array.from({ length: 23 }, (_, index) => volume(`pv-${index}`, csi(driver)));
  const text = describeVolumesInUse(many, driver);
  assert.match(text, /^found 23 PersistentVolume/);
  assert.match(text, /pv-19 \(Pending\), and 3 more\n/);
  assert.doesNotMatch(text, /pv-20/);
});
