import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EndpointError, socketPathOf } from './endpoint.ts';

const refused = (endpoint: string, code: EndpointError['code']) =>
  assert.throws(
    () => socketPathOf(endpoint),
    (error) => error instanceof EndpointError && error.code === code,
    endpoint,
  );

test('both spellings of a Unix socket are understood', () => {
  assert.equal(socketPathOf('unix:///csi/csi.sock'), '/csi/csi.sock');
  assert.equal(socketPathOf('unix:/csi/csi.sock'), '/csi/csi.sock');
  assert.equal(socketPathOf('unix:csi.sock'), 'csi.sock');
});

test('anything but a Unix socket is refused', () => {
  for (const endpoint of ['tcp://127.0.0.1:10000', '/csi/csi.sock', 'http://x', '', 'unixs:///a']) {
    refused(endpoint, 'scheme');
  }
  for (const endpoint of ['unix://', 'unix:', 'unix://csi/csi.sock']) refused(endpoint, 'path');
});

test('a path that the kernel cannot hold is refused with its length', () => {
  const longest = `/${'a'.repeat(106)}`;
  assert.equal(socketPathOf(`unix://${longest}`), longest);
  refused(`unix://${longest}b`, 'too-long');
  refused(`unix:///${'ä'.repeat(54)}`, 'too-long');
});
