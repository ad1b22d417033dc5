import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BackendVolume } from '../driver.ts';
import type { ValidateVolumeCapabilitiesRequest } from '../gen/csi.ts';
import { blockCapability, mountCapability, validateRequest } from '../testing/csi-requests.ts';
import { validateAgainst } from './validate-capabilities.ts';

const volume: BackendVolume = { id: 'v', capacityBytes: 0n, context: { color: 'red' }, state: 'ready' };
const unsupported = ({ access }: { readonly access: { readonly type: string } }) =>
  access.type === 'block' ? 'no block here' : undefined;
const validate = (changes: Parameters<typeof validateRequest>[0]) =>
  validateAgainst(validateRequest(changes), volume, unsupported);

test('everything that fits is confirmed, as far as the volume shows it', () => {
  const { confirmed, message } = validate({
    volumeId: 'v',
    volumeContext: { color: 'red', 'from/elsewhere': 'x' },
    parameters: { color: 'red' },
  });
  assert.equal(message, '');
  assert.deepEqual(confirmed, {
    volumeCapabilities: [mountCapability()],
    volumeContext: { color: 'red' },
    parameters: { color: 'red' },
    mutableParameters: {},
  });
});

test('one thing that does not fit and nothing is confirmed', () => {
  const misfits: readonly (readonly [Partial<ValidateVolumeCapabilitiesRequest>, string])[] = [
    [{ volumeCapabilities: [mountCapability(), blockCapability] }, 'no block here'],
    [{ volumeContext: { color: 'blue' } }, 'volume_context says color = "blue", the volume has "red"'],
    [{ parameters: { color: 'blue' } }, 'parameters says color = "blue", the volume has "red"'],
  ];
  for (const [changes, message] of misfits) {
    assert.deepEqual(validate({ volumeId: 'v', ...changes }), { confirmed: undefined, message });
  }
});
