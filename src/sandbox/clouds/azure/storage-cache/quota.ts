import { numberParameter } from '../../faults/fault.ts';
import type { Struck } from '../../faults/fault-book.ts';
import { ArmError } from '../arm/arm-error.ts';
import type { FilesystemContext } from './start-operation.ts';

/** More than a real subscription has (4, in the service's own samples), because tests make many. */
const USUAL_LIMIT = 100;
/** What a fault without a limit speaks of. */
const LIMIT_OF_SAMPLES = 4;

export interface Quota {
  readonly limit: number;
  readonly used: number;
}

/** The subscription's file systems, allowed and there, as faults let them be. */
export function filesystemQuota(context: FilesystemContext, struck?: Struck): Quota {
  const used = context.state.filesystems.all().length;
  const fault = context.faults.standing('quota-exceeded', struck);
  if (fault === undefined) return { limit: USUAL_LIMIT, used };
  if (fault.parameters.limit === undefined) return { limit: LIMIT_OF_SAMPLES, used: LIMIT_OF_SAMPLES };
  return { limit: numberParameter(fault, 'limit', LIMIT_OF_SAMPLES), used };
}

/** Throws ArmError with the service's own code and sentence. */
export function checkQuota(context: FilesystemContext, struck: Struck): void {
  const { limit, used } = filesystemQuota(context, struck);
  if (used < limit) return;
  throw new ArmError(
    409,
    'OperationNotAllowed',
    `Operation results in exceeding quota limits of resource type AmlFilesystem. Maximum allowed: ${limit}, Current in use: ${used}, Additional requested: 1.`,
  );
}
