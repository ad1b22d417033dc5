import type { CloudsInfo } from '../../../sandbox/state/run-file.ts';
import { awsEfs } from './aws-efs.ts';
import { azureLustre } from './azure-lustre.ts';
import type { DriverPart } from './driver-part.ts';

export const driverParts: readonly DriverPart[] = [azureLustre, awsEfs];

/** Those whose cloud is there. */
export function driversOf(clouds: CloudsInfo): readonly DriverPart[] {
  return driverParts.filter(({ cloud }) => clouds[cloud] !== undefined);
}
