import assert from 'node:assert/strict';
import type { FakeClock } from '../../../async/testing/fake-clock.ts';
import { runUntilSettled } from '../../../async/testing/run-until-settled.ts';
import { noMetrics } from '../../../telemetry/metrics.ts';
import { createRecordingLog, type RecordingLog } from '../../../telemetry/testing/recording-log.ts';
import { createControllerService } from '../../controller-service.ts';
import type { Driver } from '../../driver.ts';
import type { CreateVolumeRequest, NodePublishVolumeRequest, Volume } from '../../gen/csi.ts';
import type { Mounts } from '../../mounts.ts';
import { createNodeService } from '../../node-service.ts';
import { noProgress } from '../../progress.ts';
import type { ControllerService, NodeService } from '../../service.ts';
import { createVolumeRequest, patient, publishRequest } from '../csi-requests.ts';

/** A fresh driver over an empty cloud and an empty node, and what the suite must know to use it. */
export interface DriverUnderTest {
  readonly driver: Driver;
  /** A fake kernel is enough: the suite tests the driver, not the mounting. */
  readonly mounts: Mounts;
  /** The clock that the driver and its cloud were built with. */
  readonly clock: FakeClock;
  /** A request that makes a volume: at least its `parameters`. The suite chooses the name. */
  readonly createRequest: Partial<CreateVolumeRequest>;
  /** What to change in it so that the same name means another volume. */
  readonly conflicting: Partial<CreateVolumeRequest>;
  /** A volume to publish where the driver has no controller face. */
  readonly existing?: { readonly volumeId: string; readonly volumeContext: Record<string, string> };
  close?(): Promise<void>;
}

/** One driver in one test. */
export interface Session {
  readonly under: DriverUnderTest;
  readonly controller: ControllerService;
  readonly node: NodeService;
  readonly log: RecordingLog;
  /** Lets time pass until the work has ended. */
  run<T>(work: Promise<T>): Promise<T>;
  /** Creates a volume to the end. */
  create(changes?: Partial<CreateVolumeRequest>): Promise<Volume>;
  /** A request to publish a volume that exists. */
  publishable(changes?: Partial<NodePublishVolumeRequest>): Promise<NodePublishVolumeRequest>;
}

export function openSession(under: DriverUnderTest): Session {
  const { driver, clock } = under;
  const log = createRecordingLog();
  const ports = { driverName: driver.name, clock, log, metrics: noMetrics };
  const run = <T>(work: Promise<T>) => runUntilSettled(clock, work);
  let controller: ControllerService | undefined;
  let node: NodeService | undefined;

  const session: Session = {
    under,
    log,
    run,
    get controller() {
      assert.ok(driver.controller, `${driver.name} has no controller face; name its faces to the suite`);
      controller ??= createControllerService({ ...ports, backend: driver.controller, progress: noProgress });
      return controller;
    },
    get node() {
      assert.ok(driver.node, `${driver.name} has no node face; name its faces to the suite`);
      node ??= createNodeService({ ...ports, mounter: driver.node, mounts: under.mounts, nodeId: 'node-1' });
      return node;
    },
    async create(changes = {}) {
      const request = createVolumeRequest({ ...under.createRequest, ...changes });
      const { volume } = await run(session.controller.createVolume(request, patient()));
      assert.ok(volume, 'CreateVolume answers with a volume');
      return volume;
    },
    async publishable(changes = {}) {
      const { volumeId, volumeContext } = under.existing ?? (await session.create());
      return publishRequest({ volumeId, volumeContext, ...changes });
    },
  };
  return session;
}
