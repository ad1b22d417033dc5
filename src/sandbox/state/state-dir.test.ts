import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { socketPathRefusal, stateDir } from './state-dir.ts';

const driver = 'azurelustre.csi.azure.com';

test('a state directory whose socket paths fit is accepted', () => {
  assert.equal(socketPathRefusal(stateDir('/tmp/berth'), [driver]), undefined);
});

test('a state directory that would make a socket path pass 107 bytes is refused, naming --state-dir', () => {
  const refusal = socketPathRefusal(stateDir(`/tmp/${'x'.repeat(60)}`), [driver]);
  assert.match(
    refusal ?? '',
    /has 122 bytes; .* may have 107\. Choose a --state-dir that is at least 15 bytes shorter/,
  );
});

test('the longest directory that is accepted keeps every socket path within 107 bytes', () => {
  for (let length = 1; length < 90; length++) {
    const dir = stateDir(`/${'é'.repeat(length)}`);
    const longest = Math.max(
      ...[
        dir.controllerSocket(driver),
        dir.nodeSocket(driver),
        join(dir.kubelet, 'plugins_registry', `${driver}-reg.sock`),
      ].map((path) => Buffer.byteLength(path)),
    );
    assert.equal(socketPathRefusal(dir, [driver]) === undefined, longest <= 107, `length ${length}`);
  }
});
