import type { DriverModule } from './driver-module.ts';

/** Loaded when first asked for, so that a process holds only the drivers it serves. */
const modules: Readonly<Record<string, () => Promise<DriverModule>>> = {
  'azurelustre.csi.azure.com': async () => (await import('./azure-lustre/index.ts')).azureLustre,
  'efs.csi.aws.com': async () => (await import('./aws-efs/index.ts')).awsEfs,
};

/** Names of every driver in this program, as in CSIDriver and StorageClass.provisioner. */
export const driverNames: readonly string[] = Object.keys(modules);

/** The driver of that name, or undefined where this program has none. */
export async function loadDriver(name: string): Promise<DriverModule | undefined> {
  return Object.hasOwn(modules, name) ? modules[name]?.() : undefined;
}
