import type { MountFailure, PublishRequest, VolumeMounter } from '../../../csi/driver.ts';
import type { NodePorts } from '../../driver-module.ts';
import { throwFirst } from '../../refusal.ts';
import { clientPackageAdvice } from './client-package.ts';
import { makeSubDir } from './make-sub-dir.ts';
import { createMgsGate } from './mgs-gate.ts';
import { explainMountFailure } from './mount-failure.ts';
import { handleMismatch, type LustreMountPlan, planMount } from './mount-plan.ts';
import { createScratchMounts } from './scratch-mount.ts';
import { createUniqueFsid } from './unique-fsid.ts';

/** How mount.lustre ends where the client does not know an option. */
const EINVAL = 22;

/** The node face: one mount per pod, no staging (all Lustre mounts look alike to kubelet's reference check). */
export function createLustreMounter(ports: Omit<NodePorts, 'efs'>): VolumeMounter<LustreMountPlan> {
  const gate = createMgsGate(ports);
  const uniqueFsid = createUniqueFsid(ports);
  const explain = (plan: LustreMountPlan, failure: MountFailure) => {
    if (failure.exitCode === EINVAL) uniqueFsid.invalidOption(plan.addsUniqueFsid);
    return explainMountFailure(plan, failure, () => clientPackageAdvice(ports.readText));
  };
  const scratch = createScratchMounts(ports);
  scratch
    .sweep()
    .catch((error: unknown) => ports.log.error({ err: error }, 'sweeping the work directory failed'));
  return {
    plan(request: PublishRequest) {
      const { plan, refusals } = planMount(request, { uniqueFsid: uniqueFsid.wanted() });
      throwFirst(refusals);
      return plan;
    },
    async prepare(plan, request, call) {
      const mismatch = handleMismatch(request, plan);
      if (mismatch !== undefined) call.log.warn({ volumeId: request.volumeId }, mismatch);
      await gate(plan.mgsAddress, call.signal);
      if (plan.subDir !== '' && !plan.readonly) await makeSubDir({ ...ports, explain }, scratch, plan, call);
      // A directory that was made stays: removing it again could take data that another pod has put there.
      return { undo: async () => {} };
    },
    explainFailure: explain,
  };
}
