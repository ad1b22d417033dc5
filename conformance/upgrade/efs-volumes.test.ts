import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { CreateAccessPointCommand, EFSClient } from '@aws-sdk/client-efs';
import { openEfsView } from '../../demo/efs-view.ts';
import { systemClock } from '../../src/async/clock.ts';
import { eventually, type Kubectl, openKubectl } from '../testing/kubectl.ts';
import { mountRefusal, startSandbox, type TestSandbox } from '../testing/sandbox.ts';
import { findTool } from '../tools/find-tool.ts';
import { newestKubectl } from '../tools/tools.ts';
import { type UpstreamEfsVolume, upstreamEfsObjects } from './upstream-efs-objects.ts';

const FILE_SYSTEM = 'fs-a5324911';
const found = findTool(newestKubectl);
const skip = 'missing' in found ? found.missing : (mountRefusal() ?? false);

suite('EFS volumes of the upstream driver after it was replaced', { skip }, () => {
  let sandbox: TestSandbox;
  let kubectl: Kubectl;
  let client: EFSClient;
  let ca = '';
  const cleanups: (() => Promise<void>)[] = [];
  before(async () => {
    sandbox = await startSandbox({ after: (done) => cleanups.push(done) }, ['--time-scale', '1000']);
    assert.ok('path' in found);
    kubectl = openKubectl(found.path, sandbox.info.kubeconfig);
    ca = await readFile(sandbox.info.caFile, 'utf8');
    const { endpoint, region } = sandbox.info.clouds.aws;
    client = new EFSClient({
      endpoint,
      region,
      credentials: { accessKeyId: 'upstream', secretAccessKey: 'any' },
      requestHandler: { httpsAgent: new Agent({ ca }) },
    });
  });
  after(async () => {
    client.destroy();
    for (const cleanup of cleanups) await cleanup();
  });

  const files = (fileSystemId: string, path: string) =>
    join(sandbox.stateDir, 'efs', fileSystemId, 'data', path);
  const ids = async () =>
    (await openEfsView(sandbox.info.clouds.aws, ca, systemClock).accessPoints(FILE_SYSTEM)).map(
      ({ AccessPointId }) => AccessPointId,
    );

  /** An access point as upstream's controller makes it, or a person, who puts no tag on it. */
  async function makeAccessPoint(name: string, gid: number, marked: boolean): Promise<string> {
    const { AccessPointId = '' } = await client.send(
      new CreateAccessPointCommand({
        ClientToken: name,
        FileSystemId: FILE_SYSTEM,
        PosixUser: { Uid: gid, Gid: gid },
        RootDirectory: {
          Path: `/dynamic_provisioning/${name}`,
          CreationInfo: { OwnerUid: gid, OwnerGid: gid, Permissions: '700' },
        },
        ...(marked && { Tags: [{ Key: 'efs.csi.aws.com/cluster', Value: 'true' }] }),
      }),
    );
    return AccessPointId;
  }

  /** Volume, claim and a pod that writes; returns when it has written. */
  async function use(volume: UpstreamEfsVolume, writtenTo: string): Promise<void> {
    const list = { apiVersion: 'v1', kind: 'List', items: upstreamEfsObjects(volume) };
    const applied = await kubectl.withInput(JSON.stringify(list), 'apply', '-f', '-');
    assert.equal(applied.exitCode, 0, applied.stderr);
    await kubectl('wait', '--for=condition=Ready', `pod/${volume.name}`, '--timeout=60s');
    await eventually(
      async () => existsSync(writtenTo),
      (there) => there,
    );
  }
  const give = async (name: string) => {
    await kubectl('delete', 'pod', name, '--grace-period=1');
    await kubectl('delete', 'pvc', name);
  };
  const provisioned = {
    reclaim: 'Delete',
    attributes: { 'storage.kubernetes.io/csiProvisionerIdentity': 'upstream' },
  };

  for (const [name, gid, handle] of [
    ['since-v3', 50_000, (id: string) => `efs:${FILE_SYSTEM}::${id}`],
    ['before-v3', 50_001, (id: string) => `${FILE_SYSTEM}::${id}`],
  ] as const)
    test(`a volume provisioned by upstream, its handle of the form ${name}: mounted, and deleted with its claim`, async () => {
      const id = await makeAccessPoint(name, gid, true);
      const written = files(FILE_SYSTEM, `dynamic_provisioning/${name}/written`);
      await use({ name, handle: handle(id), ...provisioned }, written);
      await give(name);
      await eventually(ids, (left) => !left.includes(id));
      assert.ok(existsSync(written), 'the data stays, as it would have with upstream');
    });

  test('an access point that nobody marked is mounted, but not deleted with a volume of reclaim policy Delete', async () => {
    const name = 'unmarked';
    const id = await makeAccessPoint(name, 50_002, false);
    const written = files(FILE_SYSTEM, `dynamic_provisioning/${name}/written`);
    await use({ name, handle: `${FILE_SYSTEM}::${id}`, ...provisioned }, written);
    await give(name);
    await eventually(
      () => kubectl('describe', 'pv', name),
      (text) => /VolumeFailedDelete.*nothing proves that it was made for a volume/.test(text),
    );
    assert.ok((await ids()).includes(id));
  });

  test('hand-written volumes: a file system without encryption, a directory of it, an access point among mount options', async () => {
    const kept = { reclaim: 'Retain', attributes: {} };
    const plain = { encryptInTransit: 'false' };
    const volumes: readonly (readonly [UpstreamEfsVolume, string])[] = [
      [{ ...kept, name: 'whole', handle: 'fs-ae66151a', attributes: plain }, files('fs-ae66151a', 'written')],
      [
        { ...kept, name: 'root-by-slash', handle: 'efs:fs-ae66151a:/', attributes: {} },
        files('fs-ae66151a', 'written'),
      ],
      [
        {
          ...kept,
          name: 'by-option',
          handle: 'fs-6e633ada',
          mountOptions: ['tls', 'accesspoint=fsap-081a1d293f0004630'],
        },
        files('fs-6e633ada', 'documented/written'),
      ],
    ];
    for (const [volume, written] of volumes) {
      await use(volume, written);
      await give(volume.name);
      assert.match(await kubectl('get', 'pv', volume.name), /Retain +Released/);
    }
  });
});
