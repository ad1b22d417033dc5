import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { mountNamespaces, removeDirectory } from '../../testing/mount-namespace.ts';
import { containerScript } from './container-script.ts';
import type { ContainerSpec } from './container-spec.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

for (const namespace of mountNamespaces) {
  describe(`a container (${namespace.name})`, { skip: namespace.skip }, () => {
    let directory: string;
    beforeEach(() => {
      directory = namespace.directory();
    });
    afterEach(() => removeDirectory(directory));

    const run = (
      command: string,
      changes: Partial<ContainerSpec> = {},
      around = (script: string) => script,
    ) => {
      const rootDir = join(directory, 'root');
      mkdirSync(rootDir, { recursive: true });
      const script = containerScript({
        hostname: 'writer-0',
        command: ['sh', '-c', command],
        env: { PATH },
        workingDir: '/',
        mounts: [],
        user: { uid: undefined, gid: undefined, groups: [] },
        privileged: false,
        rootDir,
        ...changes,
      });
      writeFileSync(join(directory, 'script'), script);
      // A report of an earlier run names a process number that may be another's by now.
      rmSync(join(directory, 'report'), { force: true });
      const result = namespace.run(
        around('unshare --mount --uts --pid --fork --kill-child -- sh ./script 3>report'),
        directory,
      );
      return { ...result, report: readFileSync(join(directory, 'report'), 'utf8') };
    };
    const mounted = (name: string, target: string, changes = {}) => ({
      source: join(directory, name),
      target,
      readonly: false,
      recursive: false,
      ...changes,
    });

    test('has its own name, processes, empty home and working directory, and the variables given and no others', () => {
      const { stdout, report, stderr } = run('hostname; echo $$; ls -A /root /home /tmp; pwd; env | sort', {
        env: { PATH, WORD: "it's $HOME" },
        workingDir: '/usr/share/berth/deep',
      });
      const lines = stdout.split('\n');
      assert.equal(lines[0], 'writer-0', stderr);
      assert.ok(Number(lines[1]) < 200, `process number ${lines[1]}`);
      assert.match(stdout, /\/root:\n\n|\/home:\n\n/);
      assert.match(stdout, /^\/usr\/share\/berth\/deep$/m);
      assert.match(stdout, /^WORD=it's \$HOME$/m);
      assert.doesNotMatch(stdout, /^(USER|LOGNAME|SHELL)=/m);
      assert.match(report, /^pid \d+\nready\n$/);
    });

    test('sees its volumes where it wants them and keeps nothing else', () => {
      const { stdout, stderr } = run(
        'echo kept >/mnt/lustre/file; echo no >/mnt/ro/x || echo read-only; cat /var/run/secrets/token /usr/share/berth/token; echo lost >/etc/berth-lost; cat /etc/berth-lost',
        {
          mounts: [
            mounted('volume', '/mnt/lustre'),
            mounted('volume', '/mnt/ro', { readonly: true }),
            mounted('secret', '/var/run/secrets/token'),
            mounted('secret', '/usr/share/berth/token'),
          ],
        },
        (script) => `echo token >secret; mkdir volume; ${script}`,
      );
      assert.equal(stdout, 'read-only\ntoken\ntoken\nlost\n', stderr);
      assert.equal(readFileSync(join(directory, 'volume/file'), 'utf8'), 'kept\n');
      assert.throws(() => readFileSync('/etc/berth-lost'), { code: 'ENOENT' });
    });

    test('df shows a volume by its source', () => {
      const { stdout, stderr } = run(
        'df --output=source,target /mnt/lustre',
        { mounts: [mounted('volume', '/mnt/lustre')] },
        (script) => `mkdir volume; mount -t tmpfs 10.0.0.4@tcp:/lustrefs volume; ${script}`,
      );
      assert.match(stdout, /^10\.0\.0\.4@tcp:\/lustrefs +\/mnt\/lustre$/m, stderr);
    });

    test('cannot mount, and does not see the machine’s other mounts', () => {
      const { stdout } = run(
        'mount -t tmpfs x /mnt 2>/dev/null || echo refused; grep -c hidden /proc/self/mountinfo',
        {},
        (script) => `mkdir hidden; mount -t tmpfs hidden hidden; ${script}`,
      );
      assert.equal(stdout, 'refused\n0\n');
    });

    test('ends with its command’s exit code, its own signal included, and at once at SIGTERM', () => {
      assert.equal(run('exit 3').status, 3);
      assert.equal(run('kill -9 $$').status, 137);
      const stopped = run(
        'sleep 60',
        {},
        (script) => `${script} & until grep -q ready report 2>/dev/null; do sleep 0.01; done
        kill -TERM $(sed -n 's/^pid //p' report); wait $!`,
      );
      assert.equal(stopped.status, 143);
    });

    test('says why it cannot start', () => {
      const noProgram = run('', { command: ['no-such-program'] });
      assert.equal(noProgram.status, 128);
      assert.match(noProgram.report, /^error exec: "no-such-program": executable file not found in \$PATH$/m);
      assert.match(
        run('', { command: ['/no/such'] }).report,
        /^error exec: "\/no\/such": stat \/no\/such: no such file/m,
      );
      const noVolume = run('', { mounts: [mounted('gone', '/data')] });
      assert.match(
        noVolume.report,
        new RegExp(`^error ${directory}/gone is not there to be mounted at /data$`, 'm'),
      );
    });

    test('runs as the user it is given', {
      skip: namespace.name === 'user-namespace' && 'a user namespace has one user',
    }, () => {
      const { stdout, stderr } = run('id -u; id -g; id -G', {
        user: { uid: 1000, gid: 3000, groups: [2000] },
      });
      assert.equal(stdout, '1000\n3000\n3000 2000\n', stderr);
    });
  });
}
