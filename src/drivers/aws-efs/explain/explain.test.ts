import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import type { ExplainOptions } from '../../driver-module.ts';
import { createRequest, openShiftParameters, setUpEfs } from '../testing/efs-setup.ts';
import { explainMount, explainVolume } from './explain.ts';

const offline: ExplainOptions = { config: {}, live: undefined, signal: new AbortController().signal };

const explain = async (parameters: Record<string, string>, options = offline) => {
  const request = createRequest({ parameters: { ...openShiftParameters, ...parameters } });
  const { findings, properties, mounts } = await explainVolume(request, options);
  return {
    mounts,
    properties: Object.fromEntries(properties.map(({ name, value }) => [name, value])),
    findings: findings.map(({ severity, field, message }) => `${severity} ${field} ${message}`),
  };
};

const example = (name: string): unknown =>
  parseAllDocuments(
    readFileSync(join(import.meta.dirname, '../../../../examples/aws-efs', name), 'utf8'),
  )[0]?.toJS();

describe('explaining', () => {
  test("OpenShift's class says what each claim gets, and finds nothing wrong", async () => {
    const { properties, findings, mounts } = await explain({});
    assert.deepEqual(findings, []);
    assert.equal(properties.creates, 'an access point of its own, with one call of AWS');
    assert.equal(properties.group, 'allocated from 1000 to 2000, one for each volume');
    assert.equal(mounts?.source, '127.0.0.1:/');
  });

  test('the examples have what the documentation prints', async () => {
    const { parameters } = example('storageclass.yaml') as { parameters: Record<string, string> };
    assert.deepEqual(parameters, { ...openShiftParameters, fileSystemId: 'fs-a5324911' });
    const directories = example('storageclass_dir.yaml') as { parameters: Record<string, string> };
    const request = createRequest({ parameters: directories.parameters });
    assert.deepEqual((await explainVolume(request, offline)).findings, []);
  });

  test('a slip in a class names the field and what was meant', async () => {
    const { findings } = await explain({ directoryPerm: '700' });
    assert.deepEqual(findings, ['error parameters.directoryPerm Parameter directoryPerm = 700 is unknown']);
  });

  test('a reused access point is warned of: it is shared across namespaces and clusters', async () => {
    const { findings } = await explain({ reuseAccessPoint: 'true', 'csi.storage.k8s.io/pvc/name': 'data' });
    assert.match(findings[0] ?? '', /^warning parameters\.reuseAccessPoint claims of one name share/);
  });

  test('with --check the file systems are looked at', async () => {
    const { efs } = setUpEfs();
    efs.mountTargets.push({
      id: 'fsmt-1',
      fileSystemId: 'fs-00000001',
      state: 'available',
      subnetId: 'subnet-1',
      ipAddress: '10.0.1.7',
      availabilityZoneName: 'eu-central-1a',
    });
    const aws = async () => ({ region: 'eu-central-1', efs: () => efs });
    const two = { fileSystemId: 'fs-00000001,fs-0000dead' };
    const { findings, properties } = await explain(two, { ...offline, aws });
    assert.deepEqual(findings, ['error parameters.fileSystemId File System does not exist: fs-0000dead']);
    assert.equal(
      properties['fs-00000001'],
      'available, regional; mount targets in eu-central-1a; 0 access points of usually 10000',
    );
  });

  test('a hand-written volume says what is mounted and that nothing is deleted', () => {
    const { findings, mounts, reclaim } = explainMount({
      volumeId: 'fs-ae66151a',
      targetPath: '/mount',
      stagingTargetPath: '',
      capability: { access: { type: 'mount', fsType: '', mountFlags: [] }, mode: 'MULTI_NODE_MULTI_WRITER' },
      readonly: false,
      volumeContext: { encryptInTransit: 'false' },
      publishContext: {},
      secrets: {},
    });
    assert.deepEqual(findings, []);
    assert.equal(mounts?.source, 'fs-ae66151a:/');
    assert.match(reclaim?.delete ?? '', /^nothing in AWS is deleted/);
  });
});
