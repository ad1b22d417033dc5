import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { clientFlavours, clientPackageAdvice } from './client-package.ts';

const node = (osRelease: string, kernel: string, file = '/etc/host-os-release') => {
  const files: Readonly<Record<string, string>> = {
    [file]: osRelease,
    '/proc/sys/kernel/osrelease': `${kernel}\n`,
  };
  return (path: string) => files[path];
};

test('the package is that of the node’s operating system and kernel', () => {
  const jammy = node('NAME="Ubuntu"\nID=ubuntu\nVERSION_ID="22.04"\n', '5.15.0-1073-azure');
  assert.match(
    clientPackageAdvice(jammy),
    /on Ubuntu 22\.04 .*"apt-get install amlfs-lustre-client-2\.15\.8-39-g2d32b59=5\.15\.0-1073-azure"/,
  );
  const noble = node("ID=ubuntu\nVERSION_ID='24.04'\n", '6.8.0-1020-azure', '/etc/os-release');
  assert.match(clientPackageAdvice(noble), /amlfs-lustre-client-2\.17\.0-24-gf517bc4=6\.8\.0-1020-azure/);
  const azureLinux = node('ID=azurelinux\nVERSION_ID="3.0"\n', '6.6.64.2-9.azl3.x86_64');
  assert.match(
    clientPackageAdvice(azureLinux),
    /tdnf install amlfs-lustre-client-2\.17\.0_24_gf517bc4-6\.6\.64\.2\.9\.azl3-1/,
  );
});

test('the host’s os-release goes before the image’s own', () => {
  const host = node('ID=ubuntu\nVERSION_ID="22.04"\n', '5.15.0-1-azure');
  const both = (path: string) => (path === '/etc/os-release' ? 'ID=debian\nVERSION_ID="12"\n' : host(path));
  assert.match(clientPackageAdvice(both), /Ubuntu 22\.04/);
});

test('an operating system without a package is told which have one', () => {
  const debian = node('PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\nVERSION_ID="12"\n', '6.1.0-37-amd64');
  assert.equal(
    clientPackageAdvice(debian),
    'Microsoft publishes no Lustre client for Debian GNU/Linux 12, only for Ubuntu 22.04, Ubuntu 24.04, Azure Linux 3: use such a node, or build the client for kernel 6.1.0-37-amd64',
  );
  assert.match(
    clientPackageAdvice(() => undefined),
    /this operating system.*kernel unknown/,
  );
});

test('the versions are those that the chart’s loader installs', () => {
  const file = join(import.meta.dirname, '../../../../deploy/chart/berth/values.yaml');
  const { node: values } = parse(readFileSync(file, 'utf8')) as {
    node: { flavours: Record<string, { loader: { hostOs: string[]; clientVersion: string } }> };
  };
  const inChart = Object.values(values.flavours).flatMap(({ loader }) =>
    loader.hostOs.map((os) => [os, loader.clientVersion]),
  );
  const here = Object.entries(clientFlavours).map(([os, { version }]) => [os, version]);
  // Ubuntu 20.04 runs the container of 22.04 and has no package of its own.
  assert.deepEqual(
    here,
    inChart.filter(([os]) => os !== 'ubuntu:20.04'),
  );
});
