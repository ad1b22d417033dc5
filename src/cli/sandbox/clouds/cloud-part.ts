import type { EfsExports } from '../../../sandbox/clouds/aws/efs/efs-exports.ts';
import type { Authority } from '../../../sandbox/pki/authority.ts';
import type { CloudName, CloudsInfo } from '../../../sandbox/state/run-file.ts';
import type { StateDir } from '../../../sandbox/state/state-dir.ts';
import type { Log } from '../../../telemetry/log.ts';
import type { PluginSettings } from '../plugin-settings.ts';

/** A simulated cloud that `berth sandbox start` can put under a cluster. */
export interface CloudPart {
  readonly name: CloudName;
  start(dir: StateDir, ports: CloudPorts): Promise<RunningCloud>;
}

export interface CloudPorts {
  /** Certificates for its HTTPS come from here. */
  readonly authority: Authority;
  /** What an earlier run told of its clouds: a restart keeps ports, so that it stays true. */
  readonly earlier: CloudsInfo;
  readonly timeScale: number;
  readonly log: Log;
}

export interface CloudExports {
  readonly efs?: EfsExports;
}

export interface RunningCloud {
  /** Its own key of what `start -o json` prints. */
  readonly info: CloudsInfo;
  /** What leads `berth controller` to this cloud instead of the real one. */
  readonly controller: PluginSettings;
  /** What leads `berth node` there; absent where it needs nothing of this cloud. */
  readonly node?: PluginSettings;
  /** What the drivers' file servers show. */
  readonly exports?: CloudExports;
  close(): Promise<unknown>;
}
