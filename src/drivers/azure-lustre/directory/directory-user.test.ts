import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { directoryUser } from './directory-user.ts';

const directory = 'pvc-1#lustrefs#10.0.0.4#claims/team/data#f#directory';
const other = (subDir: string | undefined, mgs = '10.0.0.4', more: Record<string, string> = {}) => ({
  id: 'other',
  context: { 'mgs-ip-address': mgs, ...(subDir !== undefined && { 'sub-dir': subDir }), ...more },
});

describe('who uses the directory of a claim', () => {
  const users = [
    other('claims/team/data'),
    other('/claims/team/data/'),
    other('claims/team/data/results'),
    other(`claims/team/data/\${pod.metadata.name}`),
    other(`claims/\${pvc.metadata.namespace}/data`, '10.0.0.4', {
      'csi.storage.k8s.io/pvc/namespace': 'team',
    }),
    { id: 'other', context: { 'MGS-IP-Address': '10.0.0.4', 'Sub-Dir': 'claims/x/../team/data' } },
  ];
  for (const user of users)
    test(`${JSON.stringify(user.context)} does`, () => {
      assert.equal(directoryUser(directory, [other('elsewhere'), user]), user);
    });

  const strangers = [
    other(undefined),
    other('claims/team'),
    other('claims/team/data2'),
    other(`\${pod.metadata.name}`),
    other('claims/team/data', '10.0.0.5'),
  ];
  for (const stranger of strangers)
    test(`${JSON.stringify(stranger.context)} does not`, () => {
      assert.equal(directoryUser(directory, [stranger]), undefined);
    });

  test('volumes that are no directory have no users', () => {
    for (const id of [
      'pvc-1#lustrefs#10.0.0.4##t#rg',
      'hand-written',
      'a#lustrefs#10.0.0.4#claims/team/data',
    ])
      assert.equal(directoryUser(id, [other('claims/team/data')]), undefined);
  });
});
