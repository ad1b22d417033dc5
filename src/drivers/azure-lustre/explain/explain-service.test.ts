import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tebibyte } from '../../../units/bytes.ts';
import { createRequest, tutorialWith } from '../testing/requests.ts';
import { explainVolume } from './explain.ts';

const containers =
  '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers';
const offline = { config: {}, live: undefined, signal: new AbortController().signal };

const explain = (parameters: Record<string, string | undefined>, requiredBytes = 48n * tebibyte) =>
  explainVolume(createRequest(tutorialWith(parameters), { requiredBytes }), offline);

test('what the class asks of the service is told in words', async () => {
  const { properties, findings, reclaim } = await explain({
    'hsm-container': `${containers}/data`,
    'hsm-logging-container': `${containers}/log`,
    'auto-import-prefixes': '/in',
    'auto-export-prefixes': '/out',
    'root-squash-mode': 'RootOnly',
    'root-squash-uid': '1000',
    'max-rounding': '2',
    'run-rebalance-job': 'false',
  });
  assert.deepEqual(
    findings.filter(({ severity }) => severity !== 'note'),
    [],
  );
  const said = (name: string) => properties.find((property) => property.name === name)?.value;
  assert.equal(said('largest rounding'), '2 times what a claim asks for');
  assert.match(said('blob container') ?? '', /\/data \(log: .*\/log\)$/);
  assert.equal(said('imported at first'), '/');
  assert.equal(said('imported from then on'), '/in');
  assert.equal(said('exported from then on'), '/out');
  assert.equal(said('root squash'), 'RootOnly to 1000:Azure’s gid');
  assert.equal(said('after an expansion'), 'data stay where they are: no rebalance');
  assert.match(reclaim?.delete ?? '', /what is not exported yet is lost/);
});

test('rounding is a warning, and an error where max-rounding refuses it', async () => {
  const warning = ({ findings }: Awaited<ReturnType<typeof explain>>) =>
    findings.find(({ severity }) => severity === 'warning')?.message ?? '';
  assert.match(warning(await explain({}, 2n ** 30n)), /^1 GiB becomes 16 TiB, which is what Azure bills/);
  const forty = await explain({ 'sku-name': 'AMLFS-Durable-Premium-40' }, 2n ** 30n);
  assert.match(warning(forty), /^1 GiB becomes 48 TiB/);
  const refused = await explain({ 'max-rounding': '8Ti' }, 2n ** 30n);
  const error = refused.findings.find(({ severity }) => severity === 'error');
  assert.match(error?.message ?? '', /max-rounding allows at most 8 TiB more than is asked for/);
});

test('a large cluster may be larger', async () => {
  const { properties } = await explain({ 'large-cluster': 'true' }, 512n * tebibyte);
  assert.match(properties.find(({ name }) => name === 'size')?.value ?? '', /^512 TiB .*at most 4 PiB/);
});

test('a class that waits for the first pod leaves the zone to its node', async () => {
  const waiting = createRequest(tutorialWith({ zone: undefined }), {
    accessibility: { requisite: [], preferred: [] },
  });
  const { properties, findings } = await explainVolume(waiting, offline);
  assert.equal(properties.find(({ name }) => name === 'zone')?.value, 'that of the first pod’s node');
  assert.equal(
    findings.some(({ field }) => field === 'parameters.zone'),
    false,
  );
});
