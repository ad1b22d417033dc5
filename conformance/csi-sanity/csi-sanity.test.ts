import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { berthCommand } from '../testing/berth.ts';
import { eventually } from '../testing/kubectl.ts';
import { mountRefusal, startSandbox, type TestSandbox } from '../testing/sandbox.ts';
import { findTool } from '../tools/find-tool.ts';
import { csiSanity } from '../tools/tools.ts';
import { runSanity } from './run-sanity.ts';

const driver = 'azurelustre.csi.azure.com';
const TiB = 2n ** 40n;
const gibibytes = { volume: 10n * 2n ** 30n, expanded: 11n * 2n ** 30n };

const tool = findTool(csiSanity);
const skip = 'missing' in tool ? tool.missing : (mountRefusal() ?? false);

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

  const sanity = (
    parameters: Record<string, string>,
    sizes: { readonly volume: bigint; readonly expanded: bigint },
    controller?: string,
  ) => {
    assert.ok('path' in tool);
    const sockets = sandbox.info.drivers[driver];
    assert.ok(sockets);
    return runSanity({
      program: tool.path,
      sockets: { ...sockets, ...(controller !== undefined && { controller }) },
      parameters,
      sizes,
    });
  };

  test('the static class: volumes on a file system that exists', async (t) => {
    const { mgsAddress } = sandbox.info.clouds.azure;
    const result = await sanity(
      { 'mgs-ip-address': mgsAddress },
      gibibytes,
      await startWithoutAzure('static'),
    );
    t.diagnostic(result.line);
  });

  test('the directory class: every volume a directory of a file system that exists', async (t) => {
    const { mgsAddress } = sandbox.info.clouds.azure;
    const parameters = {
      'provisioning-mode': 'directory',
      'mgs-ip-address': mgsAddress,
      'base-dir': '/claims',
      'on-delete': 'delete',
    };
    const result = await sanity(parameters, gibibytes, await startWithoutAzure('directory'));
    t.diagnostic(result.line);
    const left = await readdir(join(sandbox.stateDir, 'lustre', mgsAddress, 'data/.berth/volumes'));
    assert.deepEqual(left, []);
  });

  test('the dynamic class: every volume a file system of its own', async (t) => {
    const azure = sandbox.info.clouds.azure;
    const result = await sanity(
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
    t.diagnostic(result.line);
  });
});
