import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CsiError } from '../errors.ts';
import {
  type CreateVolumeRequest,
  CreateVolumeRequest as codec,
  VolumeCapability_AccessMode_Mode as Mode,
} from '../gen/csi.ts';
import { blockCapability, createVolumeRequest, mountCapability } from '../testing/csi-requests.ts';
import { requireAll } from './check.ts';
import { createVolumeChecks, toCreateRequest, toCreateResponse } from './create-volume.ts';

const refused = (changes: Partial<CreateVolumeRequest>, message: string | RegExp) =>
  assert.throws(
    () => requireAll(createVolumeChecks, createVolumeRequest(changes)),
    (error) => {
      assert.ok(error instanceof CsiError);
      assert.equal(error.code, 'invalid-argument');
      if (typeof message === 'string') assert.equal(error.message, message);
      else assert.match(error.message, message);
      return true;
    },
  );

test('what guides quote is what is said', () => {
  refused({ name: '' }, 'CreateVolume Name must be provided');
  refused({ volumeCapabilities: [] }, 'CreateVolume Volume capabilities must be provided');
  refused(
    { capacityRange: { requiredBytes: 5n, limitBytes: 4n } },
    'CreateVolume required capacity 5 is greater than capacity limit 4',
  );
});

test('the first thing wrong is named first', () => {
  refused({ name: '', volumeCapabilities: [] }, 'CreateVolume Name must be provided');
});

test('a malformed request is refused with the field that is wrong', () => {
  refused({ name: 'n'.repeat(129) }, /Name must not be longer than 128 bytes/);
  refused({ name: 'a\0' }, /U\+0000/);
  refused({ capacityRange: { requiredBytes: -1n, limitBytes: 0n } }, /-1 is negative/);
  refused({ capacityRange: { requiredBytes: 0n, limitBytes: -1n } }, /-1 is negative/);
  refused({ parameters: { a: 'x'.repeat(4096) } }, /Parameters must not be larger/);
  refused({ mutableParameters: { a: 'x'.repeat(4096) } }, /Mutable parameters must not be larger/);
  refused({ volumeContentSource: { type: undefined } }, /must name a snapshot or a volume/);
  const { accessType, accessMode } = mountCapability();
  refused({ volumeCapabilities: [{ accessType: undefined, accessMode }] }, /access type must be provided/);
  refused({ volumeCapabilities: [{ accessType, accessMode: undefined }] }, /access mode must be provided/);
  refused({ volumeCapabilities: [mountCapability(), mountCapability(Mode.UNKNOWN)] }, /access mode must be/);
});

test('an access mode of a later CSI version is refused with the known ones', () => {
  const later = createVolumeRequest({ volumeCapabilities: [mountCapability(99 as Mode)] });
  const request = codec.decode(codec.encode(later).finish());
  assert.throws(
    () => requireAll(createVolumeChecks, request),
    /99 is unknown; known are SINGLE_NODE_WRITER, /,
  );
});

test('a whole request arrives at the driver in its own words', () => {
  const request = createVolumeRequest({
    capacityRange: { requiredBytes: 1n, limitBytes: 2n },
    volumeCapabilities: [mountCapability(), blockCapability],
    volumeContentSource: { type: { $case: 'volume', volume: { volumeId: 'v' } } },
    accessibilityRequirements: { requisite: [{ segments: { zone: '1' } }], preferred: [] },
    secrets: { user: 'u' },
  });
  requireAll(createVolumeChecks, request);
  assert.deepEqual(toCreateRequest(request), {
    name: request.name,
    requiredBytes: 1n,
    limitBytes: 2n,
    capabilities: [
      { access: { type: 'mount', fsType: '', mountFlags: [] }, mode: 'MULTI_NODE_MULTI_WRITER' },
      { access: { type: 'block' }, mode: 'SINGLE_NODE_WRITER' },
    ],
    parameters: {},
    mutableParameters: {},
    secrets: { user: 'u' },
    contentSource: { type: 'volume', volumeId: 'v' },
    accessibility: { requisite: [{ zone: '1' }], preferred: [] },
  });
});

test('the answer names the source the volume was made from and where it can be reached', () => {
  const volumeContentSource = { type: { $case: 'snapshot', snapshot: { snapshotId: 's' } } } as const;
  const { volume } = toCreateResponse(createVolumeRequest({ volumeContentSource }), {
    id: 'v',
    capacityBytes: 7n,
    context: { a: 'b' },
    state: 'ready',
    topology: [{ zone: '1' }],
  });
  assert.deepEqual(volume, {
    volumeId: 'v',
    capacityBytes: 7n,
    volumeContext: { a: 'b' },
    contentSource: volumeContentSource,
    accessibleTopology: [{ segments: { zone: '1' } }],
  });
});
