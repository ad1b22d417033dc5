import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findKubectl, kubectlMinor } from './find-kubectl.ts';

test('the version of a kubectl is read as it prints it, vendors’ plus signs included', () => {
  assert.equal(kubectlMinor('{"clientVersion":{"major":"1","minor":"36"}}'), 36);
  assert.equal(kubectlMinor('{"clientVersion":{"major":"1","minor":"32+"}}'), 32);
  assert.equal(kubectlMinor('Client Version: v1.20.2'), undefined);
  assert.equal(kubectlMinor('{"clientVersion":{"minor":""}}'), undefined);
});

test('a machine without kubectl gets a sentence, not an error', () => {
  assert.deepEqual(findKubectl({ KUBECTL: '/nonexistent/kubectl', PATH: '' }), {
    missing: 'kubectl is not installed here',
  });
});
