/**
 * The name of the Lease by which controllers of one driver find each other, as csi-lib-utils' leaderelection makes it:
 * `azurelustre.csi.azure.com` becomes `azurelustre-csi-azure-com`. The same name keeps Berth and a standard sidecar
 * from working on one driver at the same time. external-provisioner's has no prefix; the resizer's is
 * `external-resizer-`.
 */
export function leaseName(driverName: string, prefix = ''): string {
  const name = `${prefix}${driverName}`.replace(/[^A-Za-z0-9-]/g, '-');
  return name.endsWith('-') ? `${name}X` : name;
}
