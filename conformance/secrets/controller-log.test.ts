import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { events, persistentVolumeClaims, secrets, storageClasses } from '../../src/kube/resources.ts';
import { bundleProgram } from '../testing/bundle-program.ts';
import { canary, openControllerWorld } from '../testing/controller-world.ts';
import { eventually } from '../testing/kubectl.ts';

const parameters = {
  'sku-name': 'AMLFS-Durable-Premium-125',
  zone: '1',
  'maintenance-day-of-week': 'Sunday',
  'maintenance-time-of-day-utc': '22:00',
};
const secretReference = {
  'csi.storage.k8s.io/provisioner-secret-name': 'credentials',
  'csi.storage.k8s.io/provisioner-secret-namespace': 'default',
};

test('at the log level debug, neither log nor events show tokens, secrets, or values of mount options', async (t) => {
  const bundle = await mkdtemp(join(tmpdir(), 'berth-secrets-'));
  const world = await openControllerWorld(await bundleProgram('controller', bundle));
  t.after(async () => {
    await world.close();
    await rm(bundle, { recursive: true });
  });
  const common = { provisioner: 'azurelustre.csi.azure.com', reclaimPolicy: 'Delete' } as const;
  const mountOptions = ['noatime', `password=${canary}`];
  await world.client.create(storageClasses, {
    ...common,
    metadata: { name: 'plain' },
    parameters,
    mountOptions,
  });
  await world.client.create(storageClasses, {
    ...common,
    metadata: { name: 'with-secret' },
    parameters: { ...parameters, ...secretReference },
  });
  const data = { password: Buffer.from(canary).toString('base64') };
  await world.client.create(secrets, { metadata: { namespace: 'default', name: 'credentials' }, data });
  world.azure.faults.set({ kind: 'server-error', parameters: { times: 1 }, match: { path: 'skus' } });
  await world.restart();
  const claim = (name: string) =>
    world.client.create(persistentVolumeClaims, {
      metadata: { namespace: 'default', name },
      spec: {
        accessModes: ['ReadWriteMany'],
        storageClassName: name,
        resources: { requests: { storage: '48Ti' } },
      },
    });
  await Promise.all([claim('plain'), claim('with-secret')]);
  await eventually(
    () => world.client.get(persistentVolumeClaims, { namespace: 'default', name: 'plain' }),
    ({ status }) => status?.phase === 'Bound',
  );
  const told = async () => JSON.stringify((await world.client.list(events)).items);
  const shown = await eventually(told, (text) => text.includes("CreateVolume doesn't support secrets"));
  await world.client.delete(persistentVolumeClaims, { namespace: 'default', name: 'plain' });
  await eventually(world.fileSystems, (names) => names.length === 0);

  assert.doesNotMatch(shown, new RegExp(canary));
  const log = await world.log();
  for (const expected of ['***stripped***', 'asked Azure Resource Manager', 'DeleteVolume'])
    assert.ok(log.includes(expected), `the log says ${expected}`);
  assert.doesNotMatch(log, new RegExp(canary));
});
