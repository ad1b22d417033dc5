import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxyFor } from './proxy.ts';

const proxy = 'http://proxy:3128';
const choose = (server: string, noProxy = '') =>
  proxyFor(new URL(server), { HTTPS_PROXY: proxy, NO_PROXY: noProxy });

test('HTTPS_PROXY serves https servers, in either case of the name', () => {
  assert.equal(choose('https://10.0.0.1'), proxy);
  assert.equal(proxyFor(new URL('https://api.example'), { https_proxy: 'proxy:3128' }), proxy);
  assert.equal(proxyFor(new URL('https://api.example'), {}), undefined);
});

test('loopback never goes through a proxy', () => {
  for (const server of ['https://127.0.0.1:6443', 'https://[::1]:6443', 'https://localhost'])
    assert.equal(choose(server), undefined);
});

test('NO_PROXY knows the forms that Go programs know', () => {
  const exempt = [
    ['https://10.96.0.1', '10.96.0.0/12'],
    ['https://[fd00::1]', 'fd00::/8'],
    ['https://10.96.0.1', '192.168.0.0/16, 10.96.0.1'],
    ['https://api.example.com', 'example.com'],
    ['https://api.example.com', '.example.com'],
    ['https://api.example.com', '*.example.com'],
    ['https://example.com', 'example.com'],
    ['https://example.com:6443', 'example.com:6443'],
    ['https://api.example.com', '*'],
  ] as const;
  for (const [server, noProxy] of exempt) assert.equal(choose(server, noProxy), undefined, noProxy);
});

test('NO_PROXY does not match by accident', () => {
  const proxied = [
    ['https://10.112.0.1', '10.96.0.0/12'],
    ['https://badexample.com', 'example.com'],
    ['https://example.com', '.example.com'],
    ['https://example.com:6443', 'example.com:443'],
    ['https://10.0.0.1', 'nonsense/99'],
    ['https://10.0.0.1', '10.0.0.0/'],
  ] as const;
  for (const [server, noProxy] of proxied) assert.equal(choose(server, noProxy), proxy, noProxy);
});
