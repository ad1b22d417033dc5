import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../../async/testing/fake-clock.ts';
import { createUniqueFsid } from './unique-fsid.ts';

const client = (version?: string) => createUniqueFsid({ readText: () => version, clock: createFakeClock() });

test('a client that knows the option gets it, an older one and an unknown one do not', () => {
  assert.equal(client('2.15.8').wanted(), true);
  assert.equal(client('2.15.7').wanted(), false);
  assert.equal(client().wanted(), false);
});

test('a client that is loaded later is seen within a second', async () => {
  let version: string | undefined;
  const clock = createFakeClock();
  const option = createUniqueFsid({ readText: () => version, clock });
  assert.equal(option.wanted(), false);
  version = '2.17.0';
  await clock.advance(1000);
  assert.equal(option.wanted(), true);
});

test('a client that refuses the option, whatever its version, is not given it again', () => {
  const option = client('2.17.0');
  option.invalidOption(true);
  assert.equal(option.wanted(), false);
});

test('when a mount without it is refused too, it was not at fault', () => {
  const option = client('2.17.0');
  option.invalidOption(true);
  option.invalidOption(false);
  assert.equal(option.wanted(), true);
});
