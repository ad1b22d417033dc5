import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const HIERARCHIES = '/sys/fs/cgroup';

export interface NodeCgroup {
  /** Of the same name in every hierarchy; kubelet's `cgroupRoot`. */
  readonly name: string;
  /** With all that is below it. Cgroups outlive the processes in them, and no namespace takes them along. */
  remove(): Promise<void>;
}

/** A cgroup in each hierarchy (version 1) for everything that a node's pods run. */
export async function makeNodeCgroup(): Promise<NodeCgroup> {
  const name = `berth-node-${randomBytes(4).toString('hex')}`;
  const hierarchies = await readdir(HIERARCHIES);
  for (const hierarchy of hierarchies) {
    const path = join(HIERARCHIES, hierarchy, name);
    await mkdir(path);
    // A new cpuset has no processor and no memory, and takes no process before it is given some.
    if (hierarchy !== 'cpuset') continue;
    for (const what of ['cpuset.cpus', 'cpuset.mems'])
      await writeFile(join(path, what), await readFile(join(HIERARCHIES, hierarchy, what)));
  }
  return {
    name: `/${name}`,
    remove: async () => {
      for (const hierarchy of hierarchies) await removeTree(join(HIERARCHIES, hierarchy, name));
    },
  };
}

async function removeTree(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeTree(join(path, entry.name));
  }
  await rmdir(path);
}
