import type { AmlFilesystemSku } from '../../cloud/azure/aml-filesystem.ts';

/** Which of a SKU's maxima holds: values of the parameter `large-cluster`. */
export const largeClusters = ['false', 'true', 'xl'] as const;
export type LargeCluster = (typeof largeClusters)[number];

/** The largest size in TiB, or undefined where the SKU has no such cluster in its location. */
export function maximumOf(sku: AmlFilesystemSku, largeCluster: LargeCluster): number | undefined {
  switch (largeCluster) {
    case 'false':
      return sku.maximumTiB;
    case 'true':
      return sku.largeMaximumTiB;
    case 'xl':
      return sku.extraLargeMaximumTiB;
  }
}
