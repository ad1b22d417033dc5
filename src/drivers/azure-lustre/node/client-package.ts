import type { NodePorts } from '../../driver-module.ts';

/** One operating system that Microsoft publishes the Lustre client for; versions are those of the chart's loader. */
interface Flavour {
  readonly label: string;
  readonly version: string;
  readonly packageOf: (version: string, kernel: string) => string;
  readonly install: string;
}

const debPackage = (version: string, kernel: string) => `amlfs-lustre-client-${version}=${kernel}`;

/** RPM versions hold neither hyphens nor the architecture. */
const rpmPackage = (version: string, kernel: string) =>
  `amlfs-lustre-client-${version.replaceAll('-', '_')}-${kernel.replace(/\.[^.]+$/, '').replace(/[-_]/g, '.')}-1`;

/** By `ID:VERSION_ID` of os-release. */
export const clientFlavours: Readonly<Record<string, Flavour>> = {
  'ubuntu:22.04': {
    label: 'Ubuntu 22.04',
    version: '2.15.8-39-g2d32b59',
    packageOf: debPackage,
    install: 'apt-get',
  },
  'ubuntu:24.04': {
    label: 'Ubuntu 24.04',
    version: '2.17.0-24-gf517bc4',
    packageOf: debPackage,
    install: 'apt-get',
  },
  'azurelinux:3.0': {
    label: 'Azure Linux 3',
    version: '2.17.0-24-gf517bc4',
    packageOf: rpmPackage,
    install: 'tdnf',
  },
};

/** In a pod, the node's os-release stands beside the image's own. */
const osReleaseFiles = ['/etc/host-os-release', '/etc/os-release'];

/** For a person: which package brings the Lustre client to this node, by its operating system and kernel. */
export function clientPackageAdvice(readText: NodePorts['readText']): string {
  const osRelease = osReleaseFiles.map(readText).find((text) => text !== undefined) ?? '';
  const kernel = readText('/proc/sys/kernel/osrelease')?.trim() || 'unknown';
  const id = `${fieldOf(osRelease, 'ID')}:${fieldOf(osRelease, 'VERSION_ID')}`;
  const flavour = Object.hasOwn(clientFlavours, id) ? clientFlavours[id] : undefined;
  if (flavour === undefined) {
    const known = Object.values(clientFlavours).map(({ label }) => label);
    const name = fieldOf(osRelease, 'PRETTY_NAME') || 'this operating system';
    return `Microsoft publishes no Lustre client for ${name}, only for ${known.join(', ')}: use such a node, or build the client for kernel ${kernel}`;
  }
  const package_ = flavour.packageOf(flavour.version, kernel);
  return `on ${flavour.label} with kernel ${kernel} it comes from "${flavour.install} install ${package_}" and "modprobe lustre"; the container lustre-loader of the node plugin's pod does that, and its log says why it could not`;
}

/** A value of os-release(5), without its quotes; empty where it is missing. */
function fieldOf(osRelease: string, name: string): string {
  const line = osRelease.split('\n').find((candidate) => candidate.startsWith(`${name}=`));
  return line === undefined ? '' : line.slice(name.length + 1).replace(/^(["'])(.*)\1$/, '$2');
}
