import { createFakeClock } from '../../../async/testing/fake-clock.ts';
import { runUntilSettled } from '../../../async/testing/run-until-settled.ts';
import type { Call } from '../../../csi/call.ts';
import type { CreateRequest } from '../../../csi/driver.ts';
import { createIdempotently } from '../../../csi/idempotent-create.ts';
import { noProgress } from '../../../csi/progress.ts';
import { silentLog } from '../../../telemetry/log.ts';
import type { ControllerPorts } from '../../driver-module.ts';
import { createEfsBackend } from '../controller.ts';
import { createFakeEfs, type FakeEfsOptions } from './fake-efs.ts';

/** The class of OpenShift's documentation. */
export const openShiftParameters: Readonly<Record<string, string>> = {
  provisioningMode: 'efs-ap',
  fileSystemId: 'fs-00000001',
  directoryPerms: '700',
  gidRangeStart: '1000',
  gidRangeEnd: '2000',
  basePath: '/dynamic_provisioning',
};

export function createRequest(changes: Partial<CreateRequest> = {}): CreateRequest {
  return {
    name: 'pvc-3f6c1b2e-0d55-4c1e-9f39-1b6a7c1f2d10',
    requiredBytes: 5n * 2n ** 30n,
    limitBytes: 0n,
    capabilities: [
      { access: { type: 'mount', fsType: '', mountFlags: [] }, mode: 'MULTI_NODE_MULTI_WRITER' },
    ],
    parameters: openShiftParameters,
    mutableParameters: {},
    secrets: {},
    contentSource: undefined,
    accessibility: undefined,
    ...changes,
  };
}

export function createCall(changes: Partial<Call> = {}): Call {
  return {
    signal: new AbortController().signal,
    deadline: undefined,
    log: silentLog,
    progress: noProgress,
    ...changes,
  };
}

/** A backend over EFS in memory, and the ways through it that tests share. */
export function setUpEfs(
  options: Partial<FakeEfsOptions> & { readonly ports?: Partial<ControllerPorts> } = {},
) {
  const clock = createFakeClock();
  const efs = createFakeEfs({ now: clock.now, ...options });
  /** Another controller over the same cloud. */
  const newBackend = (ports: Partial<ControllerPorts> = {}) =>
    createEfsBackend({
      clock,
      log: silentLog,
      azure: () => Promise.reject(new Error('not a cloud of this driver')),
      aws: async () => ({ region: 'eu-central-1', efs: () => efs }),
      ...options.ports,
      ...ports,
    });
  const backend = newBackend();
  const settle = <T>(work: Promise<T>) => runUntilSettled(clock, work);
  const create = (request: CreateRequest = createRequest(), of = backend, call = createCall()) =>
    settle(createIdempotently(of, request, call, clock));
  return { clock, efs, backend, newBackend, settle, create };
}
