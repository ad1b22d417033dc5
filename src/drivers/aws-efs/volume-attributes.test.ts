import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Refusal } from '../refusal.ts';
import { readAttributes } from './volume-attributes.ts';

const read = (context: Record<string, string>) => {
  const refusals: Refusal[] = [];
  return { attributes: readAttributes(context, refusals), messages: refusals.map(({ message }) => message) };
};

describe('volume attributes', () => {
  test('a volume is encrypted unless it says otherwise, in any spelling of the key', () => {
    assert.equal(read({}).attributes.encryptInTransit, true);
    assert.equal(read({ encryptintransit: 'false' }).attributes.encryptInTransit, false);
    assert.equal(read({ encryptInTransit: 'T' }).attributes.encryptInTransit, true);
  });

  test('what upstream writes for a file system of another account is read', () => {
    const { attributes, messages } = read({
      mounttargetipmap: '{"eu-central-1a":"10.0.1.7","eu-central-1b":"fd00::7"}',
      'storage.kubernetes.io/csiProvisionerIdentity': '1-2-efs.csi.aws.com',
    });
    assert.deepEqual(attributes.mountTargetIpMap, {
      'eu-central-1a': '10.0.1.7',
      'eu-central-1b': 'fd00::7',
    });
    assert.deepEqual(messages, []);
    assert.equal(read({ crossaccount: 'true' }).attributes.crossAccount, true);
    assert.equal(read({ mounttargetip: '10.0.1.7' }).attributes.mountTargetIp, '10.0.1.7');
  });

  for (const [context, message] of [
    [{ encryptInTransit: 'yes' }, 'Volume context property "encryptInTransit" must be a boolean value: yes'],
    [{ mounttargetip: 'host' }, 'Volume context property "mounttargetip"="host" is not a valid IP address'],
    [{ path: '/a' }, 'Volume context property path not supported.'],
    [
      { mounttargetipmap: '{"a":1}' },
      'Volume context property "mounttargetipmap"="{"a":1}" is not a map of zones to IP addresses',
    ],
    [
      { mounttargetip: '10.0.1.7', crossaccount: 'true' },
      'mounttargetip option is incompatible with crossaccount option.',
    ],
  ] as const)
    test(`${JSON.stringify(context)} is refused`, () => {
      assert.deepEqual(read(context).messages, [message]);
    });
});
