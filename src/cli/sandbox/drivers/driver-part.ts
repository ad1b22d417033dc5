import type { RunCommand } from '../../../mount/command.ts';
import type { CloudName, CloudsInfo } from '../../../sandbox/state/run-file.ts';
import type { StateDir } from '../../../sandbox/state/state-dir.ts';
import type { Log } from '../../../telemetry/log.ts';
import type { CloudExports } from '../clouds/cloud-part.ts';
import type { PluginSettings } from '../plugin-settings.ts';

/** A driver that `berth sandbox start` runs, and what of its world a node lacks. */
export interface DriverPart {
  /** As in CSIDriver and the drivers' catalog. */
  readonly name: string;
  /** Without this cloud neither of its plugins is started. */
  readonly cloud: CloudName;
  /** File servers and mount helpers that stand in for the real ones; called only where there is a node. */
  startServers(dir: StateDir, ports: ServerPorts): Promise<RunningServers>;
}

export interface ServerPorts {
  readonly clouds: CloudsInfo;
  readonly exports: CloudExports;
  readonly run: RunCommand;
  readonly log: Log;
}

export interface RunningServers {
  readonly node: PluginSettings;
  close(): Promise<unknown>;
}
