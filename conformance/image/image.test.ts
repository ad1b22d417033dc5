import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { suite, type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { version } from '../../src/version.ts';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { type Finished, run } from '../testing/run.ts';
import { type BuiltImage, blobOf, openBuiltImage } from './built-image.ts';

/** Bytes that a node pulls; nine tenths are Node itself. */
const ARCHIVE_BUDGET = 60_000_000;

const skip =
  process.geteuid?.() === 0
    ? false
    : 'needs root: the image’s programs run in a chroot, as the users that the chart names';

suite('the production image', { skip }, () => {
  const opened = openedForSuite(openBuiltImage);

  /** A test of the image, or a skip that says what the machine lacks to build it. */
  const imageTest = (name: string, body: (image: BuiltImage, t: TestContext) => Promise<void>) =>
    test(name, async (t) => {
      const image = opened();
      if ('lacks' in image) t.skip(image.lacks);
      else await body(image, t);
    });

  imageTest('its digests are true, and what Docker reads names the same files', async (image, t) => {
    for (const [index, { digest, size }] of image.layers.entries()) {
      const content = await readFile(blobOf(image.layout, digest));
      assert.equal(content.length, size);
      assert.equal(sha256(content), digest);
      assert.equal(sha256(gunzipSync(content)), image.diffIds[index]);
    }
    const [docker] = JSON.parse(await readFile(join(image.layout, 'manifest.json'), 'utf8'));
    assert.deepEqual(docker.RepoTags, [`localhost/berth:${version}`]);
    assert.deepEqual(
      docker.Layers.map((path: string) => join(image.layout, path)),
      image.layers.map(({ digest }) => blobOf(image.layout, digest)),
    );
    t.diagnostic(`${(image.size / 1e6).toFixed(1)} MB`);
    assert.ok(image.size < ARCHIVE_BUDGET, `${image.size} bytes`);
  });

  imageTest('starts as an ordinary user unless the pod says otherwise', async ({ config }) => {
    assert.equal(config.User, '65532:65532');
    assert.deepEqual(config.Entrypoint, ['/usr/bin/tini', '--', '/usr/local/bin/berth']);
  });

  imageTest(
    'holds no sandbox, no explain, no compiler’s map, and no program with setuid',
    async ({ root }) => {
      assert.deepEqual((await readdir(join(root, 'app'))).sort(), [
        'aws-sdk.cjs',
        'azure-sdk.cjs',
        'compile-cache',
        'controller.cjs',
        'directories.cjs',
        'kubernetes-client.cjs',
        'node.cjs',
      ]);
      const help = await inImage(root, ['controller', '--help']);
      assert.doesNotMatch(help.stdout, /sandbox/);
      const found = await run('find', [root, '-xdev', '-type', 'f', '-perm', '/6000']);
      assert.equal(found.stdout, '');
    },
  );

  for (const uid of [0, 65_532]) {
    imageTest(`answers version, help and nonsense as user ${uid}`, async ({ root }) => {
      const said = await inImage(root, ['version', '-o', 'json'], { uid });
      assert.equal(JSON.parse(said.stdout).version, version, said.stderr);
      for (const role of ['controller', 'node']) {
        const help = await inImage(root, [role, '--help'], { uid });
        assert.match(help.stdout, new RegExp(`^Usage: berth ${role}`));
      }
      assert.match((await inImage(root, [], { uid })).stdout, /^usage: berth controller\|node/);
      assert.equal((await inImage(root, ['sandbox'], { uid })).exitCode, 2);
    });
  }

  for (const [role, uid] of [
    ['node', 0],
    ['controller', 0],
    ['controller', 65_532],
  ] as const) {
    imageTest(`starts ${role} as user ${uid} from its compile cache`, async ({ root, config }) => {
      const env = { ...environmentOf(config.Env), NODE_DEBUG_NATIVE: 'COMPILE_CACHE' };
      const done = await inImage(root, [role, '--help'], { uid, env });
      assert.match(done.stderr, new RegExp(`/app/${role}\\.cjs was accepted`));
    });
  }

  imageTest(
    'serves CSI and health in a root that holds nothing but the image, and ends on SIGTERM',
    async (image) => {
      const { root, config } = image;
      const args = ['node', '--endpoint', 'unix:///tmp/csi.sock', '--health-port', '0', '--node-id', 'n'];
      const node = spawn('chroot', [root, ...config.Entrypoint, ...args], {
        env: environmentOf(config.Env),
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const ended = once(node, 'exit');
      for await (const line of createInterface(node.stderr)) {
        const port = line.startsWith('{') ? JSON.parse(line).port : undefined;
        if (port === undefined) continue;
        assert.equal(await (await fetch(`http://127.0.0.1:${port}/healthz`)).text(), 'ok');
        assert.ok((await stat(join(root, 'tmp/csi.sock'))).isSocket());
        node.kill('SIGTERM');
      }
      assert.deepEqual(await ended, [0, null]);
    },
  );

  imageTest('has the programs that a mount needs, with their libraries', async ({ root }) => {
    for (const program of ['mount', 'umount', 'stat', 'mkdir', 'realpath', 'unshare', 'test']) {
      const done = await run('chroot', [root, `/usr/bin/${program}`, '--version']);
      assert.equal(done.exitCode, 0, done.stderr);
    }
    const helper = await run('readlink', [join(root, 'sbin/mount.lustre')]);
    assert.equal(helper.stdout, '/lustre/sbin/mount.lustre\n');
  });

  imageTest('lists its packages where image scanners look', async ({ root }) => {
    const inventory = join(root, 'var/lib/dpkg/status.d');
    assert.match(await readFile(join(inventory, 'libc6'), 'utf8'), /^Package: libc6\n(.*\n)*Version: /);
  });
});

const sha256 = (content: Buffer) => `sha256:${createHash('sha256').update(content).digest('hex')}`;

const environmentOf = (lines: readonly string[]): NodeJS.ProcessEnv =>
  Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

/** Runs the image's entry point as a container would, but for tini. */
function inImage(
  root: string,
  args: readonly string[],
  { uid = 0, env = {} }: { readonly uid?: number; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Finished> {
  const user = `--userspec=${uid}:${uid}`;
  return run('chroot', [user, root, '/usr/local/bin/berth', ...args], { env: { NODE_OPTIONS: '', ...env } });
}
