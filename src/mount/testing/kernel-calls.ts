import type { Call } from '../../csi/call.ts';
import type { MountPlan, PublishRequest } from '../../csi/driver.ts';
import { noProgress } from '../../csi/progress.ts';
import { silentLog } from '../../telemetry/log.ts';

/** A call that waits to the end, unless the test says otherwise. */
export function testCall(more: Partial<Call> = {}): Call {
  return {
    signal: new AbortController().signal,
    deadline: undefined,
    log: silentLog,
    progress: noProgress,
    ...more,
  };
}

/** A memory file system, which needs no server and shows its source as it was given. */
export function tmpfsPlan(more: Partial<MountPlan> = {}): MountPlan {
  return {
    fsType: 'tmpfs',
    source: '10.0.0.4@tcp:/lustrefs/a b',
    options: ['size=1m'],
    readonly: false,
    ...more,
  };
}

export function publishTo(targetPath: string): PublishRequest {
  return {
    volumeId: 'volume',
    targetPath,
    stagingTargetPath: '',
    capability: {
      access: { type: 'mount', fsType: '', mountFlags: [] },
      mode: 'MULTI_NODE_MULTI_WRITER',
    },
    readonly: false,
    volumeContext: {},
    publishContext: {},
    secrets: {},
  };
}
