import { type Command, Option } from 'commander';
import { systemClock } from '../../async/clock.ts';
import { driverNames } from '../../drivers/catalog.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { chooseCluster } from '../roles/choose-cluster.ts';

interface UninstallCheckFlags {
  readonly driver: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** What the chart's pre-delete hook runs: an error, and so no uninstall, while the cluster has volumes of the driver. */
export function addUninstallCheckCommand(program: Command): void {
  program
    .command('uninstall-check')
    .description(
      'Fail, and name them, while volumes of the driver exist: without it their pods could not end',
    )
    .addOption(
      new Option('--driver <name>', 'the driver to be uninstalled')
        .choices(driverNames)
        .default(driverNames[0] ?? ''),
    )
    .option('--kubeconfig <file>', 'how to reach the cluster (default: the pod’s service account)')
    .option('--context <name>', 'context of the kubeconfig')
    .action(async (flags: UninstallCheckFlags) => {
      const cluster = await chooseCluster(flags, process.env, systemClock);
      if (cluster === undefined)
        throw new CommandFailure(exitCodes.wrongUsage, 'not in a cluster: give --kubeconfig or --context');
      const [{ openKubeClient }, { describeVolumesInUse, volumesOfDriver }] = await Promise.all([
        import('../../kube/open-kube-client.ts'),
        import('../roles/volumes-of-driver.ts'),
      ]);
      const volumes = await volumesOfDriver(openKubeClient(cluster), flags.driver);
      if (volumes.length > 0)
        throw new CommandFailure(exitCodes.failure, describeVolumesInUse(volumes, flags.driver));
      process.stdout.write(`no PersistentVolume uses the CSI driver "${flags.driver}"\n`);
    });
}
