import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { helmRefusal } from '../chart/testing/render-chart.ts';
import { controlPlaneRefusal } from '../control-plane/open-control-plane.ts';
import { findTool } from '../tools/find-tool.ts';
import { kubelet, newestKubectl } from '../tools/tools.ts';

/** Debian's, and the package that brings it. */
const programs: readonly (readonly [path: string, name: string])[] = [
  ['/usr/bin/containerd', 'containerd'],
  ['/usr/sbin/runc', 'runc'],
  ['/usr/lib/cni/bridge', 'containernetworking-plugins'],
  ['/bin/busybox', 'busybox-static'],
  ['/usr/sbin/ip', 'iproute2'],
];

/** Why no node with a real kubelet can run on this machine, or false: for `skip`. */
export function machineRefusal(): string | false {
  if (process.geteuid?.() !== 0) return 'needs root: a kubelet mounts, and makes cgroups and namespaces';
  for (const [path, name] of programs) {
    if (!existsSync(path)) return `${path} is not here: apt-get install ${name}`;
  }
  for (const tool of [kubelet, newestKubectl]) {
    const found = findTool(tool);
    if ('missing' in found) return found.missing;
  }
  if (!existsSync('/sys/fs/cgroup/memory'))
    return 'needs cgroup v1 hierarchies at /sys/fs/cgroup: a node of its own was never made beside version 2';
  if (spawnSync('unshare', ['--net', '--mount', '--pid', '--fork', 'true']).status !== 0)
    return 'unshare(1) makes no network, mount and process namespace here';
  return helmRefusal || controlPlaneRefusal();
}
