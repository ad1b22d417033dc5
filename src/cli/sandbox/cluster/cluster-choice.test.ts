import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CommandFailure } from '../../exit-codes.ts';
import { chooseCluster } from './cluster-choice.ts';

async function directoryOf(t: TestContext, programs: readonly string[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-assets-'));
  t.after(() => rm(directory, { recursive: true }));
  for (const name of programs) await writeFile(join(directory, name), '', { mode: 0o755 });
  return directory;
}

function refusal(exitCode: number, text: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof CommandFailure);
    assert.equal(error.exitCode, exitCode);
    assert.match(error.message, text);
    return true;
  };
}

test('what setup-envtest installs is enough; the controllers are taken where they lie beside it', async (t) => {
  const envtest = await directoryOf(t, ['etcd', 'kube-apiserver', 'kubectl']);
  assert.deepEqual(await chooseCluster('assets', { KUBEBUILDER_ASSETS: envtest }), {
    kind: 'assets',
    programs: { etcd: join(envtest, 'etcd'), kubeApiserver: join(envtest, 'kube-apiserver') },
  });
  const all = await directoryOf(t, ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']);
  const { programs } = (await chooseCluster('assets', { KUBEBUILDER_ASSETS: all })) as { programs: object };
  assert.deepEqual(Object.keys(programs).sort(), [
    'etcd',
    'kubeApiserver',
    'kubeControllerManager',
    'kubeScheduler',
  ]);
});

test('without KUBEBUILDER_ASSETS, or with one that lacks a program, it says which and what to do', async (t) => {
  await assert.rejects(
    chooseCluster('assets', {}),
    refusal(2, /KUBEBUILDER_ASSETS is not set.*setup-envtest/),
  );
  const directory = await directoryOf(t, ['etcd']);
  await assert.rejects(
    chooseCluster('assets', { KUBEBUILDER_ASSETS: directory }),
    refusal(3, /no program .*\/kube-apiserver; it must hold etcd and kube-apiserver/),
  );
});

test('a file is a kubeconfig by its absolute path; what is neither a word nor a file is refused', async (t) => {
  const path = join(await directoryOf(t, ['config']), 'config');
  assert.deepEqual(await chooseCluster(path, {}), { kind: 'kubeconfig', path });
  assert.deepEqual(await chooseCluster('embedded', {}), { kind: 'embedded' });
  await assert.rejects(
    chooseCluster('minikube', {}),
    refusal(2, /--cluster minikube: it must be embedded, assets, or the path of a kubeconfig/),
  );
});
