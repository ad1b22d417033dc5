import assert from 'node:assert/strict';
import { chart, runHelm } from '../chart/testing/render-chart.ts';
import type { Finished } from '../testing/run.ts';
import { lustreStateDir } from './lustre-stand-in.ts';
import { azureStackDir } from './open-azure.ts';

/** What a cluster of this one's kind needs beside the chart's defaults. */
export const values = {
  controller: {
    replicas: 1,
    progressIntervalSeconds: 1,
    extraArgs: [`--azure-environment-file=${azureStackDir}/environment.json`],
    extraVolumes: [{ name: 'azurestack', hostPath: { path: azureStackDir, type: 'Directory' } }],
    extraVolumeMounts: [{ name: 'azurestack', mountPath: azureStackDir, readOnly: true }],
  },
  node: {
    // The image itself holds what stands in for the Lustre client.
    flavours: { jammy: null, noble: null, azurelinux3: null, any: { osSkus: [], loader: null } },
    extraVolumes: [{ name: 'lustre-stand-in', hostPath: { path: lustreStateDir, type: 'Directory' } }],
    extraVolumeMounts: [
      { name: 'lustre-stand-in', mountPath: lustreStateDir, mountPropagation: 'Bidirectional' },
    ],
  },
};

export type Helm = (verb: string, ...args: readonly string[]) => Promise<Finished>;

/** Helm on the cluster of a kubeconfig, for the one release of Berth. */
export function openHelm(kubeconfig: string): Helm {
  return (verb, ...args) =>
    runHelm([verb, 'berth', ...args, '--namespace', 'kube-system'], {
      env: { KUBECONFIG: kubeconfig },
      values,
    });
}

export async function installBerth(helm: Helm): Promise<void> {
  const done = await helm('install', chart, '--values', '-', '--wait');
  assert.equal(done.exitCode, 0, done.stderr);
  assert.doesNotMatch(done.stderr, /warning/i);
}
