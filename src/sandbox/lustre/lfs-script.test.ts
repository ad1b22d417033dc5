import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { mountNamespaces, removeDirectory } from '../testing/mount-namespace.ts';
import { lfsScript, statScript } from './lfs-script.ts';
import { mountScript } from './mount-script.ts';

const MGS = '127.66.0.4';
const source = `${MGS}@tcp:/lustrefs`;

for (const namespace of mountNamespaces) {
  describe(`lfs in a sandbox (${namespace.name})`, { skip: namespace.skip }, () => {
    let directory: string;
    beforeEach(() => {
      directory = namespace.directory();
    });
    afterEach(() => removeDirectory(directory));

    /** Runs a script with a file system mounted at a, with a directory team/data of 8 KiB on it. */
    const run = (script: string) => {
      const stateDir = join(directory, 'state');
      const programs = {
        mount: mountScript({ stateDir, realMount: '/bin/mount' }),
        lfs: lfsScript({ stateDir }),
        stat: statScript({ stateDir, realStat: '/usr/bin/stat' }),
      };
      for (const [name, text] of Object.entries(programs)) {
        writeFileSync(join(directory, name), text);
        chmodSync(join(directory, name), 0o755);
      }
      const prepare = `mkdir -p state/lustre/${MGS}/data/team/data state/lustre-faults a b
        head -c 8192 /dev/zero >state/lustre/${MGS}/data/team/data/file
        $PWD/mount -t lustre ${source} $PWD/a`;
      return namespace.run(`${prepare}\n${script}`, directory);
    };
    const words = (text: string) => text.trim().split(/\s+/);

    test('a project’s limit and what it holds are told as lfs quota tells them', () => {
      const { stdout, stderr } = run(`./lfs quota -q -p 7 $PWD/a
        ./lfs project -s -p 7 -r $PWD/a/team/data && ./lfs setquota -p 7 -B 20M $PWD/a && ./lfs quota -q -p 7 $PWD/a
        ./lfs project -d $PWD/a/team/data`);
      const [before, after, project] = stdout.trim().split('\n').map(words);
      assert.deepEqual(before?.slice(1), ['0', '0', '0', '-', '0', '0', '0', '-'], stderr);
      assert.deepEqual(after?.slice(2), ['0', '20480', '-', '2', '0', '0', '-']);
      assert.ok(Number(after?.[1]) >= 8);
      assert.deepEqual(project?.slice(0, 2), ['7', 'P']);
    });

    test('statistics of a claim’s own mount are the quota’s; of anything else the host’s', () => {
      const { stdout, stderr } =
        run(`./lfs project -s -p 7 -r $PWD/a/team/data; ./lfs setquota -p 7 -B 1024K $PWD/a
        $PWD/mount -t lustre ${source}/team/data $PWD/b
        ./stat -f -c '%S %b %f %a %c %d' -- $PWD/b; ./stat -f -c '%S %b' -- $PWD/a; /usr/bin/stat -f -c '%S %b' -- $PWD/a
        ./lfs setquota -p 7 -B 0K $PWD/a; ./stat -f -c '%b' -- $PWD/b; /usr/bin/stat -f -c '%b' -- $PWD/b`);
      const [quota, root, real, cleared, host] = stdout.trim().split('\n');
      assert.match(quota ?? '', /^1024 1024 (\d+) \1 \d+ \d+$/, stderr);
      assert.equal(root, real);
      assert.equal(cleared, host);
    });

    test('what is not a Lustre file system, and what is not simulated, is refused', () => {
      assert.equal(run('./lfs quota -q -p 7 /').status, 2);
      assert.equal(run('./lfs setstripe -p 7 $PWD/a').status, 38);
      assert.equal(run('./lfs setquota -p x -B 1K $PWD/a').status, 22);
    });
  });
}
