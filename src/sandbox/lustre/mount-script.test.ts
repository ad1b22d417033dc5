import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { mountNamespaces, removeDirectory } from '../testing/mount-namespace.ts';
import { mountScript } from './mount-script.ts';

const MGS = '127.66.0.4';
const source = `${MGS}@tcp:/lustrefs`;

for (const namespace of mountNamespaces) {
  describe(`mount -t lustre in a sandbox (${namespace.name})`, { skip: namespace.skip }, () => {
    let directory: string;
    beforeEach(() => {
      directory = namespace.directory();
    });
    afterEach(() => removeDirectory(directory));

    /** Runs a script with `$M` as the mount program, one file system, and the mount points a and b. */
    const run = (script: string, realMount = '/bin/mount') => {
      const program = join(directory, 'mount');
      writeFileSync(program, mountScript({ stateDir: join(directory, 'state'), realMount }));
      chmodSync(program, 0o755);
      const prepare = `umask 022; mkdir -p state/lustre/${MGS}/data/projects state/lustre-faults a b; M=$PWD/mount;`;
      return namespace.run(`${prepare} ${script}`, directory);
    };

    test('df and mountinfo show the source and the mount point as on a real client', () => {
      const { stdout, stderr } = run(
        `$M -t lustre -o noatime,flock ${source} $PWD/a && df --output=source,target a`,
      );
      assert.match(stdout, new RegExp(`^${source} +${directory}/a$`, 'm'), stderr);
    });

    test('two mounts of one file system see each other’s new files, and the cloud keeps them', () => {
      const { stdout, stderr } = run(`$M -t lustre ${source} $PWD/a; $M -t lustre ${source} $PWD/b
        cat b/new 2>/dev/null; echo hello >a/new; cat b/new state/lustre/${MGS}/data/new`);
      assert.equal(stdout, 'hello\nhello\n', stderr);
    });

    test('a sub-directory has its own source and its own files', () => {
      const { stdout, stderr } = run(`$M -t lustre ${source}/projects $PWD/a && echo 1 >a/one
        df --output=source a; ls state/lustre/${MGS}/data/projects`);
      assert.match(stdout, new RegExp(`${source}/projects\none`), stderr);
    });

    test('ro is kept to one mount, and the generic flags show', () => {
      const { stdout, stderr } =
        run(`$M -t lustre -o ro,nosuid,noatime ${source} $PWD/a; $M -t lustre ${source} $PWD/b
        touch a/x 2>/dev/null || echo refused; touch b/x && echo written; findmnt -no OPTIONS $PWD/a`);
      assert.match(stdout, /^refused\nwritten\n.*\bro\b.*\bnosuid\b.*\bnoatime\b/, stderr);
    });

    test('where it may stand aside first, its flags are seen by all to whom it propagates', () => {
      const { stdout, stderr } = run(`mkdir pods aside; mount --bind pods pods; mount --make-shared pods
        mount --bind aside aside; mount --make-private aside; mkdir pods/x peer; mount --bind pods peer
        BERTH_MOUNT_ASIDE=$PWD/aside $M -t lustre -o ro,noatime ${source} $PWD/pods/x
        findmnt -no OPTIONS $PWD/peer/x; ls aside`);
      assert.match(stdout, /^ro,noatime.*\n$/, stderr);
    });

    const refusals = [
      {
        what: 'a file system that is not there',
        mount: '127.66.0.9@tcp:/lustrefs',
        code: 2,
        text: /failed: No such file or directory\nIs the MGS specification correct\?/,
      },
      { what: 'another file system name', mount: `${MGS}@tcp:/scratch`, code: 2, text: /No such file/ },
      { what: 'a missing sub-directory', mount: `${source}/none`, code: 2, text: /No such file/ },
      { what: 'a sub-directory outside', mount: `${source}/../..`, code: 2, text: /No such file/ },
      { what: 'a link that leads outside', mount: `${source}/link`, code: 2, text: /No such file/ },
      {
        what: 'an option Lustre does not know',
        mount: `-o quick ${source}`,
        code: 22,
        text: /failed: Invalid argument/,
      },
      {
        what: 'a quote without its end',
        mount: `-o 'ro,context="s0:c1,flock' ${source}`,
        code: 22,
        text: /failed: Invalid argument/,
      },
      { what: 'a mount that stands already', mount: source, code: 17, text: /already mounted/ },
    ];
    test('what the real helper refuses is refused with its exit code and text', () => {
      for (const { what, mount, code, text } of refusals) {
        const first = code === 17 ? `$M -t lustre ${source} $PWD/a;` : '';
        const { status, stderr } = run(
          `ln -sfn / state/lustre/${MGS}/data/link; ${first} $M -t lustre ${mount} $PWD/a`,
        );
        assert.equal(status, code, what);
        assert.match(stderr, text, what);
      }
    });

    test('a comma within quotes belongs to the option’s value', () => {
      const context = 'context="system_u:object_r:nfs_t:s0:c1,c2"';
      const { stdout, stderr } = run(
        `$M -t lustre -o 'flock,${context},ro,noatime' ${source} $PWD/a && findmnt -no OPTIONS $PWD/a`,
      );
      assert.match(stdout, /^ro,/, stderr);
      assert.match(stdout, /noatime/);
    });

    test('a mount point that is missing is mount’s own error', () => {
      const { status, stderr } = run(`$M -t lustre ${source} $PWD/none`);
      assert.equal(status, 32);
      assert.match(stderr, /mount point does not exist/);
    });

    test('of several NIDs the one that serves the file system is taken, and the source stays as given', () => {
      const both = `127.66.0.9@tcp:${source}`;
      const { stdout, stderr } = run(`$M -t lustre ${both} $PWD/a && df --output=source a`);
      assert.match(stdout, new RegExp(both), stderr);
    });

    test('any other file system goes to the real mount, arguments untouched', () => {
      const { stdout, stderr } = run(
        '$M -t tmpfs -o size=1m,mode=0700 some-source $PWD/a && df --output=source,fstype a',
      );
      assert.match(stdout, /some-source\s+tmpfs/, stderr);
    });

    test('a file system made again at the same address is empty', () => {
      const { stdout, stderr } = run(`$M -t lustre ${source} $PWD/a; echo old >a/old; umount a
        rm -rf state/lustre/${MGS}; mkdir -p state/lustre/${MGS}/data
        $M -t lustre ${source} $PWD/a; ls a; echo new >a/new; cat state/lustre/${MGS}/data/new`);
      assert.equal(stdout, 'new\n', stderr);
    });

    test('faults: slow, failing, and stuck so that the mount appears after its caller was killed', () => {
      const slow = run(
        `echo 0.2 >state/lustre-faults/delay; time -p $M -t lustre ${source} $PWD/a; df --output=source a`,
      );
      assert.match(slow.stdout, new RegExp(source), slow.stderr);
      const failing =
        run(`rm state/lustre-faults/delay; printf '110\\nConnection timed out\\n' >state/lustre-faults/fail
        $M -t lustre ${source} $PWD/a`);
      assert.equal(failing.status, 110);
      assert.match(failing.stderr, /failed: Connection timed out/);
      const stuck = run(`rm state/lustre-faults/fail; touch state/lustre-faults/hang
        $M -t lustre ${source} $PWD/a & sleep 0.3; kill -9 $!; findmnt $PWD/a || echo nothing yet
        rm state/lustre-faults/hang; until findmnt -no SOURCE $PWD/a; do sleep 0.05; done`);
      assert.equal(stuck.stdout, `nothing yet\n${source}\n`, stuck.stderr);
    });

    test('where the files cannot be under an overlay they are kept in memory, and that is said once', () => {
      const { stdout, stderr } =
        run(`mkdir lower upper work; mkdir -p lower/lustre/${MGS}/data; X=; [ ${namespace.name} = root ] || X=,userxattr
        mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work$X overlay state
        $M -t lustre ${source} $PWD/a; $M -t lustre ${source} $PWD/b; mkdir a/made; echo seen >a/file; cat b/file
        umount a; $M -t lustre ${source}/made $PWD/a; df --output=source a b`);
      assert.match(stdout, /^seen\n/, stderr);
      assert.match(stdout, new RegExp(`${source}/made\n${source}\n`), stderr);
      assert.equal(stderr.match(/kept in memory/g)?.length, 1, stderr);
    });

    test('a kernel without overlays gets a tmpfs of the same source', () => {
      const refusing = join(directory, 'refusing-mount');
      writeFileSync(refusing, '#!/bin/sh\ncase "$*" in *overlay*) exit 32;; esac\nexec /bin/mount "$@"\n', {
        mode: 0o755,
      });
      const { stdout, stderr } = run(
        `$M -t lustre ${source} $PWD/a; $M -t lustre -o ro ${source} $PWD/b; echo 1 >a/x; cat b/x; df --output=source,fstype a`,
        refusing,
      );
      assert.match(stdout, new RegExp(`^1\n[^]*${source} +tmpfs`), stderr);
      assert.match(stderr, /kernel refuses overlay mounts/);
    });
  });
}
