import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { preparePython } from '../aws-sdk/python-environment.ts';
import { startAws } from '../aws-sdk/start-aws.ts';
import { matchExpected } from '../testing/match-expected.ts';
import { differencesReference } from './differences-reference.ts';
import { expectedDifferences } from './expected-differences.ts';
import { firstSubnet } from './first-subnet.ts';
import { compareAnswers } from './normalise.ts';
import { runCalls } from './run-calls.ts';
import { startMoto } from './start-moto.ts';

const REFERENCE = join(import.meta.dirname, '../../docs/reference/sandbox-differences-aws.md');
const REQUIREMENTS = join(import.meta.dirname, '../aws-sdk/requirements.txt');
const SUBNET = 'subnet-0be5750000000000a';

test('the simulated AWS differs from moto in what the reference says and in nothing else', {
  timeout: 180_000,
}, async (t) => {
  const environment = await preparePython();
  if ('missing' in environment) return t.skip(environment.missing);
  const { cloud, ca } = await startAws(t);
  const { region } = cloud;
  const moto = await startMoto(t, environment.python);
  const ours = await runCalls({ url: cloud.url, region, ca, subnetId: SUBNET });
  const theirs = await runCalls({
    url: moto,
    region,
    ca: undefined,
    subnetId: await firstSubnet(moto, region),
  });

  const differences = [...ours].map(([call, answer]) => compareAnswers(call, answer, theirs.get(call) ?? {}));
  const { unexpected, stale, occurrences } = matchExpected(differences.flat(), expectedDifferences);
  assert.deepEqual(unexpected, []);
  assert.deepEqual(stale, []);

  const reference = differencesReference({
    motoVersion: /moto.*==(.*)/.exec(await readFile(REQUIREMENTS, 'utf8'))?.[1] ?? '',
    calls: ours.size,
    equal: differences.filter(({ length }) => length === 0).length,
    occurrences,
  });
  if (process.env.BERTH_UPDATE_REFERENCE) await writeFile(REFERENCE, reference);
  assert.equal(
    await readFile(REFERENCE, 'utf8'),
    reference,
    'run with BERTH_UPDATE_REFERENCE=1 to rewrite it',
  );
});
