import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository } from '../testing/berth.ts';
import { eventually, type Kubectl } from '../testing/kubectl.ts';

const examples = join(repository, 'examples/azure-lustre');

export interface TutorialWorld {
  readonly kubectl: Kubectl;
  /** Of the file system that is there before the tutorial begins. */
  readonly mgsAddress: string;
}

/** Every kubectl command of the Azure Managed Lustre tutorial that touches a volume, in its order. */
export function tutorialSteps(world: () => TutorialWorld): void {
  test('dynamic provisioning: a claim becomes Bound, its pod writes, and with it the file system goes', async () => {
    const { kubectl } = world();
    const applied = await kubectl('apply', '-f', join(examples, 'storageclass_dynprov_lustre.yaml'));
    assert.match(applied, /storageclass\.storage\.k8s\.io\/azurelustre-dynprov created/);
    assert.match(applied, /resourcequota\/pvc-lustre-dynprov-quota created/);
    await kubectl('apply', '-f', join(examples, 'pvc_storageclass_dynprov.yaml'));

    const pending = await eventually(
      () => kubectl('describe', 'pvc', 'pvc-lustre-dynprov'),
      (text) => text.includes('external provisioner'),
    );
    assert.match(
      pending,
      /[Ww]aiting for a volume to be created either by the external provisioner 'azurelustre\.csi\.azure\.com'/,
    );
    await eventually(
      () => kubectl('get', 'pvc', 'pvc-lustre-dynprov', '-o', 'jsonpath={.status.phase}'),
      (phase) => phase === 'Bound',
    );
    assert.match(await kubectl('describe', 'pvc', 'pvc-lustre-dynprov'), /ProvisioningSucceeded/);
    assert.match(
      await kubectl('get', 'pvc'),
      /pvc-lustre-dynprov +Bound +pvc-\S+ +48Ti +RWX +azurelustre-dynprov/,
    );

    await kubectl('apply', '-f', join(examples, 'pod_echo_date_dynprov.yaml'));
    await kubectl('wait', '--for=condition=Ready', 'pod/lustre-echo-date-dynprov', '--timeout=60s');
    const disks = await kubectl('exec', '-it', 'lustre-echo-date-dynprov', '--', 'df', '-h');
    assert.match(disks, /@tcp:\/lustrefs\s.* \/mnt\/lustre/);
    await eventually(
      () => kubectl('exec', 'lustre-echo-date-dynprov', '--', 'cat', '/mnt/lustre/outfile'),
      (text) => text.trim().split('\n').length >= 2,
    );

    // The tutorial deletes the claim while its pod runs: it waits until the pod is gone.
    const deleting = kubectl('delete', 'pvc', 'pvc-lustre-dynprov');
    await eventually(
      () => kubectl('get', 'pvc', 'pvc-lustre-dynprov'),
      (text) => text.includes('Terminating'),
    );
    await kubectl('delete', 'pod', 'lustre-echo-date-dynprov', '--grace-period=1');
    await deleting;
    await eventually(
      () => kubectl('get', 'pv', '-o', 'name'),
      (names) => names.trim() === '',
    );
  });

  test('a second claim beyond the tutorial’s quota is refused by name', async () => {
    const { kubectl } = world();
    const claim = await readFile(join(examples, 'pvc_storageclass_dynprov.yaml'), 'utf8');
    const first = claim.replace('name: pvc-lustre-dynprov', 'name: first');
    const second = claim.replace('name: pvc-lustre-dynprov', 'name: second');
    assert.equal((await kubectl.withInput(first, 'apply', '-f', '-')).exitCode, 0);
    const refused = await kubectl.withInput(second, 'apply', '-f', '-');
    assert.notEqual(refused.exitCode, 0);
    assert.match(refused.stderr, /exceeded quota: pvc-lustre-dynprov-quota/);
    await kubectl('delete', 'pvc', 'first');
  });

  test('static provisioning: an existing file system is used, and kept', async (t) => {
    const { kubectl, mgsAddress } = world();
    const directory = await mkdtemp(join(tmpdir(), 'berth-tutorial-'));
    t.after(() => rm(directory, { recursive: true }));
    const storageClass = join(directory, 'storageclass_existing_lustre.yaml');
    const template = await readFile(join(examples, 'storageclass_existing_lustre.yaml'), 'utf8');
    await writeFile(
      storageClass,
      template
        .replace('EXISTING_LUSTRE_FS_NAME', 'lustrefs')
        .replace('EXISTING_LUSTRE_IP_ADDRESS', mgsAddress),
    );
    await kubectl('create', '-f', storageClass);
    await kubectl('create', '-f', join(examples, 'pvc_storageclass.yaml'));
    await kubectl('apply', '-f', join(examples, 'pod_echo_date.yaml'));
    await kubectl('wait', '--for=condition=Ready', 'pod/lustre-echo-date', '--timeout=60s');
    const disks = await kubectl('exec', '-it', 'lustre-echo-date', '--', 'df', '-h');
    assert.match(disks, new RegExp(`^${mgsAddress}@tcp:/lustrefs\\s.* /mnt/lustre$`, 'm'));
    await kubectl('logs', 'lustre-echo-date');
    await kubectl('delete', 'pod', 'lustre-echo-date', '--grace-period=1');
    await kubectl('delete', 'pvc', 'pvc-lustre');
    await kubectl('delete', 'storageclass', 'azurelustre-static');
  });
}
