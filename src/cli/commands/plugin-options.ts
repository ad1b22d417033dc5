import { type Command, InvalidArgumentError, Option } from 'commander';
import { EndpointError, socketPathOf } from '../../csi/grpc/endpoint.ts';
import { driverNames } from '../../drivers/catalog.ts';
import type { LogLevel } from '../../telemetry/log.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { existingFile } from './option-values.ts';

/** Flags that the controller and the node plugin share. */
export interface PluginFlags {
  readonly driver: readonly string[];
  readonly endpoint: readonly string[];
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly healthPort: number | 'none' | undefined;
  readonly healthAddress: string;
  readonly logLevel: LogLevel;
}

const logLevels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

export function addPluginOptions(command: Command, defaults: { readonly healthPort: number }): Command {
  return command
    .addOption(
      new Option('--driver <name...>', 'drivers to serve')
        .choices(driverNames)
        .default([driverNames[0] ?? '']),
    )
    .option('--endpoint <socket...>', 'unix:///PATH, one for each driver, in their order', [
      'unix:///csi/csi.sock',
    ])
    .option(
      '--kubeconfig <file>',
      'how to reach the cluster (default: the pod’s service account, if there is one)',
      existingFile,
    )
    .option('--context <name>', 'context of the kubeconfig')
    .addOption(
      new Option(
        '--health-port <port>',
        `port of /healthz, /readyz and /metrics, or "none" (default: ${defaults.healthPort} in a pod, none elsewhere)`,
      ).argParser(portOrNone),
    )
    .option('--health-address <address>', 'where that port listens', '0.0.0.0')
    .addOption(logLevelOption());
}

export function logLevelOption(): Option {
  return new Option('--log-level <level>', 'how much to log').choices(logLevels).default('info');
}

function portOrNone(text: string): number | 'none' {
  if (text === 'none') return text;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError('It must be a port from 0 (any free one) to 65535, or none.');
  }
  return port;
}

/** Pairs each driver with its socket. Throws CommandFailure where one of them cannot be bound. */
export function driverEndpoints(
  flags: PluginFlags,
): readonly { readonly driver: string; readonly endpoint: string }[] {
  if (flags.driver.length !== flags.endpoint.length) {
    throw new CommandFailure(
      exitCodes.wrongUsage,
      `--endpoint is given ${flags.endpoint.length} times for ${flags.driver.length} drivers; give one for each, in the order of --driver`,
    );
  }
  return flags.driver.map((driver, index) => {
    const endpoint = flags.endpoint[index] ?? '';
    try {
      socketPathOf(endpoint);
    } catch (error) {
      if (!(error instanceof EndpointError)) throw error;
      throw new CommandFailure(exitCodes.wrongUsage, `--endpoint: ${error.message}`);
    }
    return { driver, endpoint };
  });
}

/** In a pod the chart's probes expect the port; on a person's machine two plugins may run side by side. */
export function healthPortOf(
  flags: PluginFlags,
  podDefault: number,
  env: NodeJS.ProcessEnv,
): number | undefined {
  if (flags.healthPort === 'none') return undefined;
  return flags.healthPort ?? (env.KUBERNETES_SERVICE_HOST ? podDefault : undefined);
}
