import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTool } from '../tools/find-tool.ts';
import { etcd, kubeApiserver, kubeControllerManager, kubeScheduler } from '../tools/tools.ts';

const asEnvtest = [etcd, kubeApiserver];

/**
 * A directory as KUBEBUILDER_ASSETS names one, with links to the programs: `envtest` has what setup-envtest installs, `all`
 * also kube-controller-manager and kube-scheduler. Removed when the suite ends.
 */
export async function assetsDirectory(
  t: { after(done: () => Promise<void>): void },
  which: 'envtest' | 'all',
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-assets-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const tools = which === 'all' ? [...asEnvtest, kubeControllerManager, kubeScheduler] : asEnvtest;
  for (const tool of tools) {
    const found = findTool(tool);
    if ('missing' in found) throw new Error(found.missing);
    await symlink(found.path, join(directory, tool.name));
  }
  return directory;
}
