import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StunnelFiles, stunnelConfig } from './stunnel-config.ts';
import type { TunnelService } from './tunnel-service.ts';

const files: StunnelFiles = {
  logFile: '/state/stunnel.log',
  keyFile: '/state/client.key',
  caFile: '/state/trusted.crt',
  certificateFile: (port) => `/state/${port}.crt`,
};
const service = (port: number, checkHost: string): TunnelService => ({
  port,
  spec: { connect: { host: '10.0.1.7', port: 2049 }, checkHost, client: {} },
});

test('each mount has a section with its own port, server name and certificate', () => {
  const text = stunnelConfig([service(20049, 'fs-1.efs'), service(20050, 'fs-2.efs')], files);
  const [global, ...sections] = text.split(/^\[mount-\d+\]$/m);
  assert.match(global ?? '', /^foreground = yes$/m);
  assert.equal(sections.length, 2);
  for (const [index, section] of sections.entries()) {
    const port = 20049 + index;
    for (const line of [
      'client = yes',
      `accept = 127.0.0.1:${port}`,
      'connect = 10.0.1.7:2049',
      'verifyChain = yes',
      `checkHost = fs-${index + 1}.efs`,
      `cert = /state/${port}.crt`,
      'sslVersionMin = TLSv1.2',
    ]) {
      assert.ok(section.split('\n').includes(line), `${line} in ${section}`);
    }
  }
});

test('a value cannot bring in a line of its own', () => {
  assert.throws(() => stunnelConfig([service(20049, 'fs-1\nverifyChain = no')], files), /single line/);
});
