import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { berthCommand } from '../testing/berth.ts';
import { eventually } from '../testing/kubectl.ts';
import { run } from '../testing/run.ts';
import { mountRefusal, startSandbox, type TestSandbox } from '../testing/sandbox.ts';
import { findTool } from '../tools/find-tool.ts';
import { csiSanity } from '../tools/tools.ts';

const driver = 'azurelustre.csi.azure.com';
const TiB = 2n ** 40n;
const gibibytes = { volume: 10n * 2n ** 30n, expanded: 11n * 2n ** 30n };

const tool = findTool(csiSanity);
const skip = 'missing' in tool ? tool.missing : (mountRefusal() ?? false);

/** The first failure is the one to read: what follows often only stumbles over what it left behind. */
function firstFailure(output: string): string {
  const start = output.indexOf('[FAILED]');
  return start < 0 ? output.slice(-2000) : output.slice(Math.max(0, start - 200), start + 2500);
}

/** csi-sanity's last line: `… 36 Passed | 0 Failed | 1 Pending | 60 Skipped`. */
function summary(output: string) {
  const match = /(\d+) Passed \| (\d+) Failed \| (\d+) Pending \| (\d+) Skipped/.exec(output);
  return match && { passed: Number(match[1]), failed: Number(match[2]), line: match[0] };
}

suite('csi-sanity over both sockets, against the simulated ARM, with real mounts and nothing skipped', {
  skip,
}, () => {
  let sandbox: TestSandbox;
  let directory = '';
  const cleanups: (() => Promise<void>)[] = [];
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'berth-sanity-'));
    // The clouds' twelve minutes pass in a tenth of a second; requests keep their real deadlines.
    sandbox = await startSandbox({ after: (done) => cleanups.push(done) }, ['--time-scale', '7200']);
  });
  after(async () => {
    for (const cleanup of cleanups) await cleanup();
    await rm(directory, { recursive: true, force: true });
  });

  /** A controller that knows no subscription: it serves file systems that exist, and claims nothing beyond that. */
  const startWithoutAzure = async (name: string): Promise<string> => {
    const socket = join(directory, `${name}.sock`);
    const flags = ['--endpoint', `unix://${socket}`, '--health-port', '0', '--sidecars', 'external'];
    const directories = ['--directories', join(sandbox.stateDir, 'controller/directories.sock')];
    const [program, ...args] = berthCommand;
    const child = spawn(program, [...args, 'controller', ...flags, ...directories], {
      env: { PATH: process.env.PATH },
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    cleanups.unshift(async () => {
      child.kill('SIGTERM');
      await ended;
    });
    await eventually(
      () =>
        access(socket).then(
          () => true,
          () => false,
        ),
      (there) => there,
    );
    return socket;
  };

  const sanity = async (
    name: string,
    parameters: Record<string, string>,
    sizes: { readonly volume: bigint; readonly expanded: bigint },
    controller = sandbox.info.drivers[driver]?.controller,
  ) => {
    assert.ok('path' in tool);
    const file = join(directory, `${name}.yaml`);
    await writeFile(file, JSON.stringify(parameters));
    const sockets = sandbox.info.drivers[driver];
    assert.ok(sockets);
    const done = await run(
      tool.path,
      [
        `-csi.endpoint=${sockets.node}`,
        `-csi.controllerendpoint=${controller}`,
        `-csi.testvolumeparameters=${file}`,
        `-csi.testvolumesize=${sizes.volume}`,
        `-csi.testvolumeexpandsize=${sizes.expanded}`,
        `-csi.mountdir=${join(directory, `${name}-mount`)}`,
        '-ginkgo.no-color',
        `-csi.stagingdir=${join(directory, `${name}-staging`)}`,
      ],
      { timeoutMs: 300_000 },
    );
    const result = summary(done.stdout);
    assert.equal(done.exitCode, 0, firstFailure(done.stdout));
    assert.equal(result?.failed, 0);
    return result;
  };

  test('the static class: volumes on a file system that exists', async (t) => {
    const { mgsAddress } = sandbox.info.clouds.azure;
    const result = await sanity(
      'static',
      { 'mgs-ip-address': mgsAddress },
      gibibytes,
      await startWithoutAzure('static'),
    );
    t.diagnostic(result?.line ?? '');
    assert.ok((result?.passed ?? 0) >= 30, `only ${result?.passed} specs ran`);
  });

  test('the directory class: every volume a directory of a file system that exists', async (t) => {
    const { mgsAddress } = sandbox.info.clouds.azure;
    const parameters = {
      'provisioning-mode': 'directory',
      'mgs-ip-address': mgsAddress,
      'base-dir': '/claims',
      'on-delete': 'delete',
    };
    const result = await sanity('directory', parameters, gibibytes, await startWithoutAzure('directory'));
    t.diagnostic(result?.line ?? '');
    assert.ok((result?.passed ?? 0) >= 30, `only ${result?.passed} specs ran`);
    const left = await readdir(join(sandbox.stateDir, 'lustre', mgsAddress, 'data/.berth/volumes'));
    assert.deepEqual(left, []);
  });

  test('the dynamic class: every volume a file system of its own', async (t) => {
    const azure = sandbox.info.clouds.azure;
    const result = await sanity(
      'dynamic',
      {
        'sku-name': 'AMLFS-Durable-Premium-125',
        zone: '1',
        'maintenance-day-of-week': 'Sunday',
        'maintenance-time-of-day-utc': '22:00',
        location: azure.location,
        'resource-group-name': azure.resourceGroup,
        'vnet-name': azure.vnet,
        'subnet-name': azure.subnet,
      },
      { volume: 16n * TiB, expanded: 32n * TiB },
    );
    t.diagnostic(result?.line ?? '');
    assert.ok((result?.passed ?? 0) >= 30, `only ${result?.passed} specs ran`);
  });
});
