import assert from 'node:assert/strict';
import { createFakeClock } from '../../../async/testing/fake-clock.ts';
import { runUntilSettled } from '../../../async/testing/run-until-settled.ts';
import type { CreateRequest } from '../../../csi/driver.ts';
import { CsiError } from '../../../csi/errors.ts';
import { silentLog } from '../../../telemetry/log.ts';
import { createLustreBackend } from '../controller/controller.ts';
import { createCall } from './calls.ts';
import { createFakeAmlFilesystems } from './fake-aml-filesystems.ts';
import { createRequest } from './requests.ts';

/** The volume that every test makes. */
export const name = createRequest().name;
/** Where it is in the cloud in memory. */
export const key = `my-resource-group/${name}`;
export const dynamicId = `${name}#lustrefs#10.0.0.1##t#my-resource-group`;
const config = { subscriptionId: 'sub', resourceGroup: 'MC_rg', vnetResourceGroup: 'vnet-rg' };

/** A backend over a cloud in memory, and the ways through it that tests share. */
export function setUpBackend({ looks = 2 }: { looks?: number } = {}) {
  const clock = createFakeClock();
  const azure = createFakeAmlFilesystems({ looks });
  let opened = 0;
  const ports = {
    clock,
    log: silentLog,
    azure: async () => {
      opened++;
      return { config, filesystems: azure };
    },
    aws: () => Promise.reject(new Error('not a cloud of this driver')),
  };
  const backend = createLustreBackend(ports);
  /** As a controller has it that knows no subscription. */
  const withoutAzure = createLustreBackend(ports, false);
  /** Lets time pass until `work` has ended. */
  const settle = <T>(work: Promise<T>) => runUntilSettled(clock, work);
  const make = async (request: CreateRequest = createRequest(), call = createCall()) => {
    const intent = backend.intent(request);
    const plan = await backend.plan(intent, call);
    await backend.admit?.(plan, call);
    return settle(backend.complete(plan, await backend.create(plan, call), call));
  };
  return { clock, azure, backend, withoutAzure, settle, make, opened: () => opened };
}

/** The refusal that `work` ends in. */
export const refusalOf = async (work: Promise<unknown>): Promise<CsiError> => {
  const error = await work.then(
    () => assert.fail('it should have been refused'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof CsiError, String(error));
  return error;
};
