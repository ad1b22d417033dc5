import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeAmlFilesystems } from '../drivers/azure-lustre/testing/fake-aml-filesystems.ts';
import { explainTexts, findingLines, objectNamed, propertyOf } from './testing/explain-text.ts';
import { staticTutorial, tutorialClaim, tutorialClass, tutorialPod } from './testing/tutorial.ts';

test("the tutorial's manifests come out clean, and say what they would create and mount", async () => {
  const report = await explainTexts([tutorialClass, tutorialClaim, tutorialPod]);
  assert.deepEqual([report.summary.errors, report.summary.warnings], [0, 0]);
  const claim = objectNamed(report, 'PersistentVolumeClaim', 'pvc-lustre-dynprov');
  assert.equal(claim.driver, 'azurelustre.csi.azure.com');
  assert.match(
    propertyOf(claim, 'size') ?? '',
    /^48 TiB \(asked for 48 TiB; steps of 16 TiB, at most 128 TiB\)$/,
  );
  assert.equal(propertyOf(claim, 'resource group'), 'my-resource-group');
  assert.equal(propertyOf(claim, 'subnet'), 'my-subnet');
  assert.match(propertyOf(claim, 'addresses') ?? '', /\/25 subnet/);
  const pod = objectNamed(report, 'Pod', 'lustre-echo-date-dynprov');
  assert.deepEqual(pod.mounts, [
    {
      container: 'lustre-echo-date-dynprov',
      path: '/mnt/lustre',
      claim: 'pvc-lustre-dynprov',
      source: '<MGS address>@tcp:/lustrefs',
      options: [],
    },
  ]);
});

test('each file of the tutorial alone has neither errors nor warnings', async () => {
  for (const text of [tutorialClass, tutorialClaim, tutorialPod, staticTutorial]) {
    const { summary } = await explainTexts([text]);
    assert.deepEqual([summary.errors, summary.warnings], [0, 0], text.slice(0, 60));
  }
});

test('the spelling that widespread copies of the page have is taken, with a note', async () => {
  const report = await explainTexts([tutorialClass.replace('  location:', '  ___location:')]);
  assert.equal(report.summary.errors, 0);
  const storageClass = objectNamed(report, 'StorageClass', 'azurelustre-dynprov');
  assert.equal(propertyOf(storageClass, 'location'), 'eastus');
  assert.ok(
    findingLines(storageClass).includes(
      'note parameters.___location:11 taken as location; the upstream driver refuses this spelling',
    ),
  );
});

test('the static part creates nothing in Azure and mounts the address given', async () => {
  const report = await explainTexts([
    staticTutorial,
    tutorialPod.replace('pvc-lustre-dynprov', 'pvc-lustre'),
  ]);
  const claim = objectNamed(report, 'PersistentVolumeClaim', 'pvc-lustre');
  assert.match(propertyOf(claim, 'creates') ?? '', /^nothing in Azure/);
  assert.match(propertyOf(claim, 'reclaim') ?? '', /^Delete: nothing in Azure is deleted/);
  const pod = objectNamed(report, 'Pod', 'lustre-echo-date-dynprov');
  assert.equal(pod.mounts[0]?.source, '10.0.0.4@tcp:/lustrefs');
  assert.deepEqual(pod.mounts[0]?.options, ['noatime', 'flock']);
});

test('the placeholder that the tutorial tells its readers to replace is pointed at', async () => {
  const report = await explainTexts([staticTutorial.replace('10.0.0.4', 'EXISTING_LUSTRE_IP_ADDRESS')]);
  assert.deepEqual(findingLines(objectNamed(report, 'StorageClass', 'azurelustre-static')), [
    "error parameters.mgs-ip-address:7 CreateVolume Parameter mgs-ip-address must be an IPv4 address, was: 'EXISTING_LUSTRE_IP_ADDRESS'",
  ]);
});

test('with --check Azure is asked for SKUs, addresses and quota, and nothing is created', async () => {
  const filesystems = createFakeAmlFilesystems();
  filesystems.room.free = 5;
  const live = { config: { subscriptionId: 'sub', resourceGroup: 'rg' }, filesystems };
  const report = await explainTexts([tutorialClass, tutorialClaim], { live });
  const claim = objectNamed(report, 'PersistentVolumeClaim', 'pvc-lustre-dynprov');
  assert.equal(propertyOf(claim, 'addresses'), '10 needed, 5 free');
  assert.equal(propertyOf(claim, 'quota'), '0 of 4 file systems in use');
  const storageClass = objectNamed(report, 'StorageClass', 'azurelustre-dynprov');
  assert.match(
    findingLines(storageClass).join(),
    /error parameters\.subnet-name:14 cannot create AMLFS cluster/,
  );
  assert.equal(filesystems.stored.size, 0);
});
