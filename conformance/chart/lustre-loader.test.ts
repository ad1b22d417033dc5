import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { run } from '../testing/run.ts';
import { openLoaderStage } from './testing/loader-stage.ts';

suite('the Lustre client loader', { concurrency: false }, () => {
  test('installs the package for the running kernel, loads the modules, and gives LNet the interface', async (t) => {
    const stage = await openLoaderStage(t);
    const done = await stage.run();
    assert.equal(done.exitCode, 0, done.stderr);
    assert.equal(
      await stage.read('etc/apt/sources.list.d/amlfs.list'),
      `deb [arch=amd64 signed-by=${stage.root}/etc/apt/keyrings/amlfs.asc] https://packages.example/repos/amlfs-jammy/ jammy main\n`,
    );
    const calls = (await stage.calls()).filter((call) =>
      /^(apt-get install|modprobe|lnetctl [nl]\w+ [ca])/.test(call),
    );
    assert.deepEqual(calls, [
      'apt-get install -y --no-install-recommends ca-certificates curl iproute2 kmod',
      'apt-get install -y --no-install-recommends amlfs-lustre-client-2.15.8-39-g2d32b59=5.15.0-1084-azure',
      'modprobe lnet',
      'modprobe ksocklnd skip_mr_route_setup=1',
      'lnetctl lnet configure',
      'lnetctl net add --net tcp --if eth0',
      'modprobe mgc',
      'modprobe lustre',
    ]);
  });

  test('hands the client’s programs over so that they start without the libraries of their system', async (t) => {
    const stage = await openLoaderStage(t);
    await stage.run();
    const script = await stage.read('lustre/sbin/mount.lustre');
    const [, linker = ''] = /^exec \/lustre\/lib\/(ld-\S+) --library-path \/lustre\/lib/m.exec(script) ?? [];
    assert.match(script, /\/lustre\/bin\/mount\.lustre "\$@"\n$/);
    // A dynamic program of this machine, started as the script would start it.
    const started = await run(join(stage.root, 'lustre/lib', linker), [
      '--library-path',
      join(stage.root, 'lustre/lib'),
      '/bin/sh',
      '-c',
      'echo runs',
    ]);
    assert.equal(started.stdout, 'runs\n', started.stderr);
    for (const name of ['lctl', 'lnetctl', 'lfs']) await access(join(stage.root, 'lustre/bin', name));
  });

  test('on another operating system does nothing but say so', async (t) => {
    const stage = await openLoaderStage(t);
    await stage.file('etc/host-os-release', 'ID=ubuntu\nVERSION_ID="24.04"\n');
    const done = await stage.run();
    assert.equal(done.exitCode, 1);
    assert.match(
      done.stderr,
      /Incompatible host OS detected: ubuntu:24\.04, expected: ubuntu:22\.04 ubuntu:20\.04/,
    );
    assert.deepEqual(await stage.calls(), ['']);
  });

  test('tries three times, clean each time, and then fails instead of going on without a client', async (t) => {
    const stage = await openLoaderStage(t);
    await stage.program('apt-get', '[ "$1" != install ] || case "$*" in *amlfs*) exit 100 ;; esac');
    const done = await stage.run();
    assert.equal(done.exitCode, 1);
    assert.match(done.stderr, /Could not install necessary Lustre drivers for: 5\.15\.0-1084-azure/);
    const calls = await stage.calls();
    assert.equal(calls.filter((call) => /^apt-get install .*amlfs/.test(call)).length, 3);
    assert.equal(calls.filter((call) => call.startsWith('apt-get purge')).length, 2);
    assert.deepEqual(
      calls.filter((call) => call.startsWith('sleep')),
      ['sleep 15', 'sleep 30'],
    );
    assert.ok(!calls.some((call) => call.startsWith('modprobe')));
    await assert.rejects(access(join(stage.root, 'lustre/ready')));
  });

  test('recovers from a mirror that fails once', async (t) => {
    const stage = await openLoaderStage(t);
    await stage.program('curl', '[ -e $stage/tried ] && exit 0; touch $stage/tried; exit 22');
    const done = await stage.run();
    assert.equal(done.exitCode, 0, done.stderr);
    assert.match(done.stderr, /attempt 1 of 3/);
  });

  test('on Azure Linux names the package as RPM versions are written', async (t) => {
    const stage = await openLoaderStage(t);
    await stage.file('etc/host-os-release', 'ID=azurelinux\nVERSION_ID="3.0"\n');
    await stage.program('uname', 'case $1 in -r) echo 6.6.119.3-1.azl3.x86_64 ;; *) echo x86_64 ;; esac');
    await stage.program('tdnf', '');
    await stage.removeProgram('apt-get');
    const done = await stage.run({
      HOST_OS: 'azurelinux:3.0',
      LUSTRE_CLIENT_VERSION: '2.17.0-24-gf517bc4',
    });
    assert.equal(done.exitCode, 0, done.stderr);
    assert.ok(
      (await stage.calls()).includes(
        'tdnf install -y amlfs-lustre-client-2.17.0_24_gf517bc4-6.6.119.3.1.azl3-1',
      ),
    );
    assert.match(
      await stage.read('etc/yum.repos.d/amlfs.repo'),
      /^baseurl=https:\/\/packages\.example\/yumrepos\/amlfs-al3$/m,
    );
  });

  test('adds an interface that comes later, and leaves slaves, tunnels and other namespaces alone', async (t) => {
    const stage = await openLoaderStage(t);
    await stage.program(
      'ip',
      `case "$*" in
  *route*) for name in eth0 eth1 eth2 tun0 veth0 dummy0; do
      [ $name = eth1 ] && [ ! -e $stage/root/lustre/ready ] && continue
      echo "10.0.0.0/16 dev $name scope link"
    done ;;
  *eth2*) echo "4: eth2: <SLAVE,UP> state UP link/ether 00:00:00:00:00:02" ;;
  *tun0*) echo "5: tun0: <UP> state UP link/none" ;;
  *veth0*) echo "6: veth0: <UP> state UP link/ether 00:00:00:00:00:04 link-netns cni-1" ;;
  *dummy0*) echo "7: dummy0: <UP> state UNKNOWN link/ether 00:00:00:00:00:05" ;;
  *) echo "2: eth: <UP> state UP link/ether 00:00:00:00:00:01" ;;
esac`,
    );
    const done = await stage.run();
    assert.equal(done.exitCode, 0, done.stderr);
    assert.deepEqual(
      (await stage.calls()).filter((call) => call.startsWith('lnetctl net add')),
      ['lnetctl net add --net tcp --if eth0', 'lnetctl net add --net tcp --if eth1'],
    );
  });

  test('without any interface for LNet fails and says which kind it needs', async (t) => {
    const stage = await openLoaderStage(t);
    await stage.program('ip', '');
    const done = await stage.run();
    assert.equal(done.exitCode, 1);
    assert.match(done.stderr, /no network interface for LNet/);
  });

  test('is ready only between loading and its end, and takes the modules along unless volumes use them', async (t) => {
    const stage = await openLoaderStage(t);
    await stage.program('lustre_rmmod', 'exit 1');
    const done = await stage.run();
    assert.equal(done.exitCode, 0);
    assert.match(done.stderr, /is loaded\n/);
    assert.match(done.stderr, /the Lustre modules stay loaded: volumes are mounted/);
    await assert.rejects(access(join(stage.root, 'lustre/ready')));
  });

  test('warns where the kernel keeps another version than the installed one', async (t) => {
    const stage = await openLoaderStage(t);
    await stage.file('sys/module/lustre/version', '2.15.7\n');
    const done = await stage.run();
    assert.match(done.stderr, /the kernel holds Lustre 2\.15\.7 and 2\.15\.8 is installed/);
  });
});
