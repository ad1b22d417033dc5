import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PublishRequest } from '../../../csi/driver.ts';
import { type EfsMounterKind, planMount } from './mount-plan.ts';

interface Asked {
  readonly handle?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  readonly readonly?: boolean;
  readonly mounter?: EfsMounterKind;
}

function plan({
  handle = 'fs-01234567',
  attributes = {},
  flags = [],
  readonly = false,
  mounter = 'tunnel',
}: Asked) {
  const request: PublishRequest = {
    volumeId: handle,
    targetPath: '/target',
    stagingTargetPath: '',
    capability: {
      access: { type: 'mount', fsType: '', mountFlags: flags },
      mode: 'MULTI_NODE_MULTI_WRITER',
    },
    readonly,
    volumeContext: attributes,
    publishContext: {},
    secrets: {},
  };
  return planMount(request, mounter);
}

const defaults = 'nfsvers=4.1,rsize=1048576,wsize=1048576,hard,timeo=600,retrans=2,noresvport';

test('a whole file system is mounted through the tunnel, by the kernel alone', () => {
  const { plan: planned, refusals } = plan({});
  assert.deepEqual(refusals, []);
  assert.deepEqual(
    [planned?.fsType, planned?.source, planned?.options.join(), planned?.withoutHelper, planned?.encrypted],
    ['nfs4', '127.0.0.1:/', defaults, true, true],
  );
  assert.deepEqual(planned?.mountTarget, { by: 'name' });
});

test('a sub-path and an access point of either grammar', () => {
  for (const handle of ['fs-01234567:a/b:fsap-01234567', 'efs:fs-01234567:a/b:fsap-01234567']) {
    const planned = plan({ handle }).plan;
    assert.equal(planned?.source, '127.0.0.1:/a/b');
    assert.equal(planned?.accessPointId, 'fsap-01234567');
  }
});

test('without encryption the file system is named as the source, but an access point is always encrypted', () => {
  const attributes = { encryptInTransit: 'false' };
  assert.deepEqual(
    [plan({ attributes }).plan?.source, plan({ attributes }).plan?.encrypted],
    ['fs-01234567:/', false],
  );
  assert.equal(plan({ attributes, handle: 'fs-01234567::fsap-01234567' }).plan?.encrypted, true);
});

test('by efs-utils the helper gets the options that concern it', () => {
  const planned = plan({
    mounter: 'efs-utils',
    handle: 'fs-01234567:x:fsap-01234567',
    flags: ['iam', 'region=eu-west-1', 'netns=/run/n', 'noatime'],
    attributes: { mounttargetip: '10.0.1.7' },
  }).plan;
  assert.deepEqual(
    [planned?.fsType, planned?.source, planned?.shownSource],
    ['efs', 'fs-01234567:/x', '127.0.0.1:/x'],
  );
  assert.equal(
    planned?.options.join(),
    'tls,accesspoint=fsap-01234567,iam,region=eu-west-1,mounttargetip=10.0.1.7,netns=/run/n,noatime',
  );
});

test('mount options keep their case and order, each once; mount.efs’ own do not reach the kernel', () => {
  const { plan: planned, refusals } = plan({
    flags: [
      'noatime,context="system_u:Object_r:c1,c2"',
      'noatime',
      'TLS',
      'iam',
      'stunnel',
      'awscredsuri=/x',
      'readonly',
    ],
  });
  assert.deepEqual(refusals, []);
  assert.equal(planned?.options.join(), `${defaults},noatime,context="system_u:Object_r:c1,c2"`);
  assert.deepEqual([planned?.iam, planned?.readonly], [true, true]);
});

for (const [attributes, expected] of [
  [{ mountTargetIp: '10.0.1.7' }, { by: 'address', address: '10.0.1.7' }],
  [{ mounttargetipmap: '{"eu-1a":"10.0.1.7"}' }, { by: 'zone', addresses: { 'eu-1a': '10.0.1.7' } }],
  [{ crossaccount: 'true' }, { by: 'zone-id-name' }],
  [{ 'storage.kubernetes.io/csiProvisionerIdentity': 'x' }, { by: 'name' }],
] as const) {
  test(`attributes ${Object.keys(attributes)} lead to a mount target ${expected.by}`, () => {
    const { plan: planned, refusals } = plan({ attributes });
    assert.deepEqual(refusals, []);
    assert.deepEqual(planned?.mountTarget, expected);
  });
}

for (const [what, asked, message] of [
  ['a handle of no known form', { handle: 'vol-1' }, /Expected a file system ID of the form/],
  ['S3 Files', { handle: 's3files:fs-01234567' }, /S3 Files/],
  ['an unknown attribute', { attributes: { path: '/a' } }, /^Volume context property path not supported\.$/],
  [
    'no boolean',
    { attributes: { encryptInTransit: 'yes' } },
    /"encryptInTransit" must be a boolean value: yes/,
  ],
  ['no address', { attributes: { mounttargetip: 'x' } }, /"mounttargetip"="x" is not a valid IP address/],
  ['no map of addresses', { attributes: { mounttargetipmap: '{"a":1}' } }, /not a map of zones/],
  [
    'two access points',
    { handle: 'fs-01234567::fsap-01234567', flags: ['accesspoint=fsap-89abcdef'] },
    /^Found conflicting access point IDs in mountOptions \(fsap-89abcdef\) and volumeHandle \(fsap-01234567\)$/,
  ],
  [
    'tls without encryption',
    { flags: ['tls'], attributes: { encryptInTransit: 'false' } },
    /^Found tls in mountOptions but encryptInTransit is false$/,
  ],
  [
    'iam without encryption',
    { flags: ['iam'], attributes: { encryptInTransit: 'false' } },
    /"tls" option is required when mounting via "iam"/,
  ],
  ['a port', { flags: ['port=2050'] }, /"port" and "tls" options are mutually exclusive/],
  ['crossaccount as an option', { flags: ['crossaccount'] }, /cannot be set manually/],
  ['a region that is none', { flags: ['region=eu.example.com/'] }, /no name of a region/],
  ['what only mount.efs can do', { flags: ['netns=/run/n'] }, /mount option "netns" is for mount\.efs/],
] as const) {
  test(`${what} is refused before anything is touched`, () => {
    const [refusal] = plan(asked).refusals;
    assert.match(refusal?.message ?? '', message);
    assert.equal(refusal?.code, 'invalid-argument');
  });
}

test('no option can carry a second one in, whatever it holds', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (flags) => {
      for (const option of plan({ flags }).plan?.options ?? []) {
        assert.ok(option.includes('"') || !option.includes(','), option);
      }
    }),
  );
});
