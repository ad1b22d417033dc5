import { hostname } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { healthPorts } from '../health-ports.ts';
import { linuxOnly } from '../output.ts';
import { existingFile, nonEmpty } from './option-values.ts';
import { addPluginOptions, type PluginFlags } from './plugin-options.ts';

export interface NodeFlags extends PluginFlags {
  readonly nodeId: string;
  readonly registrationDir?: string;
  readonly kubeletPluginDir?: string;
  readonly workingMountDir: string;
  readonly removeNotReadyTaint: boolean;
  readonly lnetPort?: number;
  readonly unmountsAtOnce?: number;
  readonly mounter: 'tunnel' | 'efs-utils';
  readonly stateDir: string;
  readonly efsCaFile?: string;
  readonly nfsPort: number;
}

export function addNodeCommand(program: Command): void {
  const command = linuxOnly(program.command('node')).description(
    'Serve the CSI node plugin, and register it with kubelet',
  );
  addPluginOptions(command, { healthPort: healthPorts.node })
    .option('--node-id <name>', 'the Node’s name', nonEmpty, process.env.KUBE_NODE_NAME || hostname())
    .option('--registration-dir <dir>', 'kubelet’s plugins_registry; without it the plugin does not register')
    .option(
      '--kubelet-plugin-dir <dir>',
      'the directory of the endpoint’s socket as kubelet sees it on the host',
    )
    .option('--working-mount-dir <dir>', 'scratch directory for temporary mounts', '/tmp')
    .option('--no-remove-not-ready-taint', 'leave the taint DRIVER/agent-not-ready on the Node')
    .option('--lnet-port <port>', 'TCP port of the MGS (default: LNet’s accept_port, else 988)', port)
    .addOption(
      new Option('--mounter <kind>', 'how EFS is mounted: by the plugin’s own TLS tunnel, or by mount.efs')
        .choices(['tunnel', 'efs-utils'])
        .default('tunnel'),
    )
    .option(
      '--state-dir <dir>',
      'what must outlive the plugin, on the host: the tunnel of encrypted mounts',
      '/var/run/berth',
    )
    .option(
      '--efs-ca-file <file>',
      'PEM file with the authorities of mount targets’ certificates (default: Amazon’s)',
      existingFile,
    )
    .option('--nfs-port <port>', 'TCP port of EFS mount targets', port, 2049)
    .option(
      '--unmounts-at-once <number>',
      'how many umount programs may run at once; one that hangs holds up the others for 5 s at most (default: any number)',
      atLeastOne,
    )
    .action(async (flags: NodeFlags) => {
      const { runNode } = await import('../roles/node.ts');
      await runNode(flags);
    });
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535) {
    throw new InvalidArgumentError('It must be a port from 1 to 65535.');
  }
  return value;
}

function atLeastOne(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be 1 or more.');
  return value;
}
