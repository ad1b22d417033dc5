import type { VolumeBackend } from '../../csi/driver.ts';
import type { ControllerPorts } from '../driver-module.ts';
import { createLustreBackend } from './controller/controller.ts';
import { withDirectories } from './directory/with-directories.ts';
import { hasSubscription } from './has-subscription.ts';

/** The cloud side: file systems of Azure's, and directories on those that exist. */
export async function openLustreBackend(ports: ControllerPorts): Promise<VolumeBackend> {
  return withDirectories(createLustreBackend(ports, await hasSubscription(ports)), ports);
}
