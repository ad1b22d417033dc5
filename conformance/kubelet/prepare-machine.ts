import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../../deploy/image/run-program.ts';

/** The node's address. kubelet refuses a loopback one. */
export const nodeAddress = '10.243.0.1';

/**
 * The first address of the Services' range is that of the Service `kubernetes`. Nothing here translates Service
 * addresses, so the API server listens on this one itself, and pods find it as everywhere.
 */
export const apiServer = { host: '10.96.0.1', port: 443 } as const;

const podNetwork = {
  cniVersion: '0.4.0',
  name: 'pods',
  plugins: [
    {
      type: 'bridge',
      bridge: 'pods0',
      isDefaultGateway: true,
      ipMasq: false,
      ipam: { type: 'host-local', ranges: [[{ subnet: '10.244.0.0/24' }]] },
    },
  ],
};

/** Makes a node of the fresh namespaces: its addresses, and its own /etc, /run, /var/lib and /var/log, kept in `directory`. */
export async function prepareMachine(directory: string): Promise<void> {
  for (const args of [
    'link set lo up',
    // A bridge without ports, since this kernel may have no dummy interfaces.
    'link add node0 type bridge',
    `address add ${nodeAddress}/32 dev node0`,
    `address add ${apiServer.host}/32 dev node0`,
    'link set node0 up',
  ])
    await runProgram('ip', args.split(' '));
  const own = async (name: string) => {
    const path = join(directory, name);
    await mkdir(path, { recursive: true });
    return path;
  };
  // What the machine has there is hidden or left untouched.
  const upper = `lowerdir=/etc,upperdir=${await own('etc')},workdir=${await own('etc-work')}`;
  await mount('-t', 'overlay', '-o', upper, 'overlay', '/etc');
  await mount('--bind', await own('var-lib'), '/var/lib');
  await mount('--bind', await own('var-log'), '/var/log');
  await mount('-t', 'tmpfs', 'tmpfs', '/run');
  // As on every node that systemd started: mounts made in a container with Bidirectional propagation appear here.
  await mount('--make-rshared', '/');
  for (const path of ['/etc/cni/net.d', '/etc/kubernetes', '/var/lib/kubelet'])
    await mkdir(path, { recursive: true });
  await writeFile('/etc/cni/net.d/10-pods.conflist', JSON.stringify(podNetwork));
}

const mount = (...args: readonly string[]) => runProgram('mount', args);
