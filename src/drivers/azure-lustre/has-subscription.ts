import type { ControllerPorts } from '../driver-module.ts';

/**
 * Whether this controller is meant to work with Azure: some only serve file systems that exist, without an account. A
 * configuration that cannot be read just now counts, since somebody has made one. Asks nobody anything.
 */
export async function hasSubscription(ports: Pick<ControllerPorts, 'azure'>): Promise<boolean> {
  try {
    const { config } = await ports.azure();
    return config.subscriptionId !== undefined;
  } catch {
    return true;
  }
}
