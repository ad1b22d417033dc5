import type { CloudsInfo } from '../../../sandbox/state/run-file.ts';
import type { StateDir } from '../../../sandbox/state/state-dir.ts';
import { joinSettings, type PluginSettings } from '../plugin-settings.ts';
import { awsCloud } from './aws.ts';
import { azureCloud } from './azure.ts';
import type { CloudExports, CloudPart, CloudPorts } from './cloud-part.ts';

const clouds: readonly CloudPart[] = [azureCloud, awsCloud];

export interface RunningClouds {
  readonly info: CloudsInfo;
  readonly controller: PluginSettings;
  readonly node: PluginSettings;
  readonly exports: CloudExports;
}

/** Starts every simulated cloud; `onClose` is told how to close each, right after it started. */
export async function startClouds(
  dir: StateDir,
  ports: CloudPorts & { readonly onClose: (close: () => Promise<unknown>) => void },
): Promise<RunningClouds> {
  const running = [];
  for (const cloud of clouds) {
    const one = await cloud.start(dir, ports);
    ports.onClose(one.close);
    running.push(one);
  }
  return {
    info: Object.assign({}, ...running.map(({ info }) => info)),
    controller: joinSettings(running.map(({ controller }) => controller)),
    node: joinSettings(running.map(({ node = {} }) => node)),
    exports: Object.assign({}, ...running.map(({ exports }) => exports)),
  };
}
