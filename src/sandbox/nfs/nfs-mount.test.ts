import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { systemClock } from '../../async/clock.ts';
import { createRunCommand } from '../../mount/run-command.ts';
import { mountsAt } from '../../mount/testing/mounts-at.ts';
import { inOwnMountNamespace } from '../../mount/testing/own-mount-namespace.ts';
import { silentLog } from '../../telemetry/log.ts';
import type { EfsExports } from '../clouds/aws/efs/efs-exports.ts';
import { freePort } from '../testing/free-port.ts';
import { installNfsMount } from './install-nfs-mount.ts';
import { parseMountArguments } from './mount-arguments.ts';
import { type NfsServers, startNfsServers } from './nfs-servers.ts';

const address = '127.89.7.1';

test('mount’s own spellings of type, options and places are understood', () => {
  const mount = {
    type: 'nfs4',
    source: 'fs-1:/',
    target: '/t',
    options: ['ro', 'port=1'],
    withoutHelper: true,
  };
  assert.deepEqual(
    parseMountArguments(['--no-mtab', '-i', '-t', 'nfs4', '-o', 'ro,port=1', 'fs-1:/', '/t']),
    mount,
  );
  assert.equal(parseMountArguments(['-t', 'nfs4', '/t']), undefined);
});

inOwnMountNamespace(import.meta.filename, () => {
  suite('NFS mounts of the sandbox', () => {
    const run = createRunCommand();
    let directory = '';
    let servers: NfsServers;
    let port = 0;
    const at = (...names: string[]) => join(directory, ...names);
    const mount = async (source: string, target: string, ...options: string[]) => {
      await mkdir(at(target), { recursive: true });
      const args = [
        '--no-mtab',
        '--internal-only',
        '-t',
        'nfs4',
        '-o',
        options.join(','),
        source,
        at(target),
      ];
      return run({ program: at('bin/mount'), args, timeoutMs: 20_000 });
    };

    before(async () => {
      directory = await mkdtemp(join(tmpdir(), 'berth-nfs-'));
      port = await freePort(address);
      await mkdir(at('tunnel'), { recursive: true });
      await mkdir(at('data/sub'), { recursive: true });
      await writeFile(at('data/sub/file'), 'hello');
      const exports: EfsExports = {
        all: () => [{ fileSystemId: 'fs-1', addresses: [address], dataDirectory: at('data') }],
        accessPoint: (id) =>
          id === 'fsap-1'
            ? {
                id,
                account: '111122223333',
                fileSystemId: 'fs-1',
                clientToken: id,
                posixUser: undefined,
                rootDirectory: {
                  path: '/volumes/a',
                  creationInfo: { ownerUid: 0, ownerGid: 0, permissions: '0751' },
                },
                tags: {},
                sequence: 1,
                createdAt: 0,
                availableAt: 0,
                fails: false,
              }
            : undefined,
      };
      const options = { stateDir: directory, port, exports, tunnelDir: at('tunnel') };
      servers = await startNfsServers({ ...options, clock: systemClock, log: silentLog });
      await installNfsMount({
        binDir: at('bin'),
        socketPath: servers.socketPath,
        searchPath: process.env.PATH ?? '',
      });
      for (const [tunnelPort, accessPoint] of [
        [20049, 'fsap-1'],
        [20050, 'fsap-2'],
      ] as const) {
        const spec = {
          connect: { host: address, port },
          checkHost: '',
          client: { fileSystem: 'fs-1', accessPoint },
        };
        await writeFile(at(`tunnel/${tunnelPort}.json`), JSON.stringify({ port: tunnelPort, spec }));
      }
    });
    after(async () => {
      await servers.close();
      await run({
        program: 'sh',
        args: ['-c', `grep -o ' ${directory}/[^ ]*' /proc/self/mounts | xargs -r umount -l`],
        timeoutMs: 10_000,
      });
      await rm(directory, { recursive: true, force: true });
    });

    test('a mount target answers at its address', async () => {
      await new Promise<void>((resolve, reject) => connect(port, address, resolve).once('error', reject));
    });

    test('a directory is shown under the source that was asked for, read-only where asked', async () => {
      const result = await mount('fs-1:/sub', 'direct', 'ro', `addr=${address}`, `port=${port}`);
      assert.equal(result.exitCode, 0, result.stderr);
      const [entry] = mountsAt(at('direct'));
      assert.equal(entry?.source, 'fs-1:/sub');
      assert.ok(entry?.options.includes('ro'));
      assert.equal(await readFile(at('direct/file'), 'utf8'), 'hello');
    });

    test('through the tunnel the access point of the port decides what is seen, and its root is made as it says', async () => {
      const [first, second] = [
        await mount('127.0.0.1:/', 'a', 'addr=127.0.0.1', 'port=20049'),
        await mount('127.0.0.1:/', 'a2', 'addr=127.0.0.1', 'port=20049'),
      ];
      assert.deepEqual([first.exitCode, second.exitCode], [0, 0], first.stderr + second.stderr);
      await writeFile(at('a/new'), 'seen by both');
      assert.equal(await readFile(at('a2/new'), 'utf8'), 'seen by both');
      assert.equal((await stat(at('data/volumes/a'))).mode & 0o777, 0o751);
    });

    for (const [what, source, options, message] of [
      [
        'an access point that is not there',
        '127.0.0.1:/',
        ['addr=127.0.0.1', 'port=20050'],
        /access denied by server/,
      ],
      ['a directory that is not there', 'fs-1:/none', [`addr=${address}`], /does not exist/],
      ['an address where nothing is', 'fs-1:/', ['addr=127.89.7.2'], /Connection refused/],
      ['no address', 'fs-1:/', ['hard'], /wrong fs type, bad option/],
    ] as const) {
      test(`${what} is refused in mount's words`, async () => {
        const own = options.some((option) => option.startsWith('port='))
          ? options
          : [...options, `port=${port}`];
        const result = await mount(source, 'refused', ...own);
        assert.equal(result.exitCode, 32);
        assert.match(result.stderr, message);
      });
    }

    test('what is no NFS goes to the next mount(8), also after another start', async () => {
      await writeFile(at('bin/mount'), '#!/bin/sh\necho "lustre helper: $*"\n');
      await chmod(at('bin/mount'), 0o755);
      const again = { binDir: at('bin'), socketPath: servers.socketPath, searchPath: process.env.PATH ?? '' };
      await installNfsMount(again);
      await installNfsMount(again);
      const result = await run({
        program: at('bin/mount'),
        args: ['-t', 'lustre', 'x', '/y'],
        timeoutMs: 10_000,
      });
      assert.equal(result.stdout, 'lustre helper: -t lustre x /y\n');
    });
  });
});
