import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createFakeClock } from '../../async/testing/fake-clock.ts';
import type { CredentialChoice } from './credential-choice.ts';
import { createAzureTestBed } from './testing/azure-test-bed.ts';
import { tokenFile } from './token-file.ts';
import { credentialTokens } from './token-source.ts';

const bed = await createAzureTestBed();
after(() => bed[Symbol.asyncDispose]());

const forever = new AbortController().signal;
const minute = 60_000;
const cli: CredentialChoice = { type: 'az-cli', tenantId: undefined };
const machine: CredentialChoice = { type: 'managed-identity', identity: undefined, onlyIfThere: true };

function tokens(
  give: (count: number, choice: CredentialChoice) => Promise<string | null>,
  choices: readonly CredentialChoice[] = [cli],
  hasMetadataService = true,
) {
  const clock = createFakeClock();
  let count = 0;
  const source = credentialTokens({
    choices,
    scope: 'https://management.azure.com/.default',
    clock,
    open: async (choice) => async () => {
      const token = await give(++count, choice);
      return token === null ? null : { token, expiresOnTimestamp: clock.now() + 60 * minute };
    },
    hasMetadataService: async () => hasMetadataService,
  });
  return { clock, source };
}

const numbered = async (count: number) => `token-${count}`;

test('a token is fetched once for all who wait and kept until five minutes before it ends', async () => {
  const { clock, source } = tokens(numbered);
  assert.deepEqual(await Promise.all([source.get(forever), source.get(forever)]), ['token-1', 'token-1']);
  await clock.advance(54 * minute);
  assert.equal(await source.get(forever), 'token-1');
  await clock.advance(1 * minute);
  assert.equal(await source.get(forever), 'token-2');
});

test('a token that was refused is not handed out again', async () => {
  const { source } = tokens(numbered);
  source.forget(await source.get(forever));
  assert.equal(await source.get(forever), 'token-2');
  source.forget('token-1');
  assert.equal(await source.get(forever), 'token-2');
});

test('an authority that is away does not matter while the token lasts', async () => {
  const { clock, source } = tokens(async (count) => {
    if (count > 1) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    return 'token-1';
  });
  await source.get(forever);
  await clock.advance(58 * minute);
  assert.equal(await source.get(forever), 'token-1');
  await clock.advance(3 * minute);
  await assert.rejects(source.get(forever), { kind: 'no-answer' });
});

test('a failure is not kept', async () => {
  const { source } = tokens(async (count) => (count === 1 ? null : 'token-2'));
  await assert.rejects(source.get(forever), {
    kind: 'unauthenticated',
    message: /az command line: it gave no token: run `az login`/,
  });
  assert.equal(await source.get(forever), 'token-2');
});

test('the next credential is tried, and if none works the error tells of each', async () => {
  const { source } = tokens(
    async (_count, choice) => (choice.type === 'az-cli' ? 'cli' : 'machine'),
    [machine, cli],
    false,
  );
  assert.equal(await source.get(forever), 'cli');
  const { source: none } = tokens(async () => null, [machine, cli], false);
  await assert.rejects(
    none.get(forever),
    /machine's managed identity: no instance metadata service answers.*; .*az command line/,
  );
});

test('a caller that leaves does not end the fetch for the others', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const { source } = tokens(() => promise);
  const caller = new AbortController();
  const [leaving, staying] = [source.get(caller.signal), source.get(forever)];
  caller.abort(new Error('deadline'));
  await assert.rejects(leaving, /deadline/);
  resolve('late');
  assert.equal(await staying, 'late');
});

test('a token file is read again whenever it has changed', async () => {
  const path = await bed.writeFile('token', 'one\n');
  const source = tokenFile(path);
  assert.equal(await source.get(forever), 'one');
  await bed.writeFile('token', 'two\n');
  assert.equal(await source.get(forever), 'two');
  await bed.writeFile('token', '\n');
  await assert.rejects(source.get(forever), { kind: 'unauthenticated', message: /is empty/ });
  await assert.rejects(tokenFile(`${path}.not-there`).get(forever), /cannot be read/);
});
